using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Monitor.Drops;

/// <summary>The dropped files of this program. Uploads of programs that have ended are removed at the
/// start, others when they expire.</summary>
sealed partial class DropBox(MonitorOptions options, TimeProvider time, ILogger<DropBox> logger) : IHostedService,
    IAsyncDisposable
{
    const int Most = 32;
    static readonly TimeSpan PollInterval = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, Drop> _drops = new(StringComparer.Ordinal);
    readonly Spool _spool = new(options.UploadDirectory, options.Pages.MaxUploadBytes);
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentDictionary<Task, bool> _loads = new();
    readonly Lock _gate = new();
    int _arriving;
    bool _isOver;
    Task _polling = Task.CompletedTask;

    /// <summary>The limits, and the dropped files.</summary>
    public DropList List() => new(
        options.Pages.MaxUploadBytes, options.Pages.KeepUploads.TotalMilliseconds,
        [.. _drops.Values.OrderByDescending(d => d.At).Select(d => d.State)]);

    public Drop? Find(string id) => _drops.GetValueOrDefault(id);

    /// <summary>Where uploads are.</summary>
    public Spool Spool => _spool;

    /// <summary>Takes an upload.</summary>
    /// <exception cref="UploadException">It is refused; nothing of it stays.</exception>
    public async Task<Drop> ReceiveAsync(Stream body, long? length, string name, CancellationToken cancellationToken)
    {
        MakeRoom();
        Interlocked.Increment(ref _arriving);
        try
        {
            var file = await _spool.ReceiveAsync(body, length, name, cancellationToken);
            return Add(name, file, file.Path, file.Size);
        }
        finally
        {
            Interlocked.Decrement(ref _arriving);
        }
    }

    /// <summary>Takes a file of this machine, where it is.</summary>
    /// <param name="seen">The file, by its real path.</param>
    /// <exception cref="UploadException">There are too many.</exception>
    public Drop Take(SeenFile seen)
    {
        MakeRoom();
        return Add(Path.GetFileName(seen.Path), null, seen.Path, seen.Size);
    }

    /// <summary>Removes one; false while it is loaded.</summary>
    public bool Remove(Drop drop) => drop.TryDiscard() && _drops.TryRemove(drop.Id, out _);

    /// <summary>Runs a load until it ends, or the program does.</summary>
    public void Run(Func<CancellationToken, Task> load)
    {
        var task = Task.Run(() => load(_stop.Token), CancellationToken.None);
        _loads[task] = true;
        _ = task.ContinueWith(t => _loads.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _spool.Sweep();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotSwept(_spool.Directory, failure.Message);
        }

        _polling = PollAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll([_polling, .. _loads.Keys]).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var drop in _drops.Values) drop.TryDiscard();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true)) return; // known to the container twice
        await _stop.CancelAsync();
        await _polling;
        _stop.Dispose();
    }

    /// <summary>Removes expired files.</summary>
    internal void Expire()
    {
        foreach (var drop in _drops.Values.Where(d => d.IsOver(time.GetUtcNow())).ToArray()) Remove(drop);
    }

    async Task PollAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(PollInterval, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Expire();
        }
    }

    Drop Add(string name, SpooledFile? file, string path, long size)
    {
        var drop = new Drop(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), name, file, path, size,
            time.GetUtcNow(), options.Pages.KeepUploads);
        _drops[drop.Id] = drop;
        return drop;
    }

    /// <summary>Those that have ended make room for new ones, the oldest first.</summary>
    void MakeRoom()
    {
        lock (_gate)
        {
            foreach (var drop in _drops.Values.Where(d => !d.HasFile).OrderBy(d => d.At)
                .Take(Math.Max(0, _drops.Count + _arriving - Most + 1)).ToArray()) Remove(drop);
            if (_drops.Count + Volatile.Read(ref _arriving) >= Most)
            {
                throw DropProblems.NotNow($"{Counted.Of(Most, "file")} wait already: load or discard one of them first.");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Abandoned uploads in {Directory:l} could not be removed: {Problem:l}")]
    partial void LogNotSwept(string directory, string problem);
}
