using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Sources.FileSystem;
using Spectre.Console;

namespace OrleansIngest.Commands.Loading;

/// <summary>A bar over all files of a one-shot load, on a terminal only.</summary>
sealed class LoadProgress : IDisposable
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    readonly IngestNode _node;
    readonly long _totalBytes;
    int _totalFiles;
    readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TimeProvider _time;
    readonly Task _shown;
    long _endedBytes;
    int _endedFiles;

    LoadProgress(CliContext context, IngestNode node, IReadOnlyList<SeenFile> files)
    {
        _node = node;
        _time = context.Time;
        _totalBytes = files.Sum(f => f.Size);
        _totalFiles = files.Count;
        _shown = context.Surroundings.ErrorIsTerminal && !context.Json
            ? Task.Run(() => ShowAsync(WordWrapWriter.Terminal(context.Error)))
            : Task.CompletedTask;
    }

    public static LoadProgress Start(CliContext context, IngestNode node, IReadOnlyList<SeenFile> files) =>
        new(context, node, files);

    /// <summary>Counts a finished file, whatever its outcome.</summary>
    public void Ended(FileClaim claim, LoadResult result)
    {
        if (result.Members is { } members)
        {
            Interlocked.Add(ref _totalFiles, members - 1); // they stand for the archive, and for its bytes
            return;
        }

        Interlocked.Add(ref _endedBytes, claim.File.Size);
        Interlocked.Increment(ref _endedFiles);
    }

    public void Dispose()
    {
        _over.TrySetResult();
        _shown.Wait();
    }

    async Task ShowAsync(TextWriter error)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async bar =>
            {
                var began = _time.GetTimestamp();
                var task = bar.AddTask("loading", maxValue: Math.Max(1, _totalBytes));
                while (!_over.Task.IsCompleted)
                {
                    var rows = _node.CommittedRows;
                    task.Value = Interlocked.Read(ref _endedBytes) + _node.Active.Sum(l => l.CommittedBytes);
                    task.Description = string.Create(CultureInfo.InvariantCulture,
                        $"{_endedFiles:N0}/{Counted.Of(_totalFiles, "file")}, {Counted.Of(rows, "row")}, "
                            + $"{rows / Math.Max(0.001, _time.GetElapsedTime(began).TotalSeconds):N0}/s");
                    await Task.WhenAny(_over.Task, Task.Delay(Refresh, _time));
                }
            });
    }
}
