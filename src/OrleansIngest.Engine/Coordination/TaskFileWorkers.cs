using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Workers without a cluster: one task per file in this process, for one-shot loads and tests.</summary>
public sealed class TaskFileWorkers(IngestNode node, ILoggerFactory loggers) : IFileWorkers, IAsyncDisposable
{
    static readonly TimeSpan Budget = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<Task, FileId> _running = new();
    readonly CancellationTokenSource _stop = new();

    /// <summary>Called when a file's loading has ended, from any thread. Default: nothing.</summary>
    public Action<FileClaim, LoadResult>? OnEnded { get; init; }

    /// <inheritdoc/>
    public Task StartAsync(IReadOnlyList<FileClaim> claims, CancellationToken cancellationToken)
    {
        foreach (var claim in claims)
        {
            var task = Task.Run(() => LoadAsync(claim), CancellationToken.None);
            _running[task] = claim.FileId;
            _ = task.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.None,
                TaskScheduler.Default);
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits for all files that were started.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Keys);

    /// <summary>Stops the files in progress; uncommitted work is repeated under another claim.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenIdleAsync();
        _stop.Dispose();
    }

    async Task LoadAsync(FileClaim claim)
    {
        var loader = node.OpenLoader(claim);
        try
        {
            while (await loader.StepAsync(Budget, _stop.Token) == LoadStep.More)
            {
                // The next step continues where this one ended.
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            EngineLog.LoaderFailed(loggers.CreateLogger<TaskFileWorkers>(), claim.Pipeline, claim.File.Path,
                claim.FileId.Value, failure);
        }
        finally
        {
            await node.CloseAsync(loader);
        }

        if (loader.Result is { } result) OnEnded?.Invoke(claim, result);
    }
}
