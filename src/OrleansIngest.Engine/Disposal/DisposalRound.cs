using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Disposal;

/// <summary>The outcome for a file.</summary>
/// <param name="Path">Where it was.</param>
/// <param name="Outcome"><c>archived</c>, <c>deleted</c>, <c>gone</c>, <c>replaced</c>, <c>lost</c> (another program took it
/// over) or <c>failed</c>.</param>
/// <param name="Text">The outcome, human-readable.</param>
public readonly record struct DisposalResult(string Path, string Outcome, string Text);

/// <summary>Archives, moves and deletes the files that are due.</summary>
public sealed class DisposalRound(DisposalLedger ledger, NodeId node, TimeProvider time, ILogger logger)
{
    const int AtOnce = 64, SideBySide = 4;
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Processes up to 64 files that are due.</summary>
    /// <param name="pipelines">The pipelines of the files.</param>
    /// <param name="only">Only these files; null for any.</param>
    /// <param name="atOnce">Whether failed files are retried before their delay has passed.</param>
    /// <param name="cancellationToken">Ends it after the files in progress.</param>
    /// <returns>The outcomes; empty if no file was due.</returns>
    public async Task<IReadOnlyList<DisposalResult>> RunAsync(
        IReadOnlyList<string> pipelines, IReadOnlyList<FileId>? only, bool atOnce, CancellationToken cancellationToken)
    {
        var due = await ledger.TakeAsync(pipelines, only, AtOnce, node, atOnce, cancellationToken);
        if (due.Count == 0) return [];
        CrashPoint.Hit("disposal-taken");
        var results = new ConcurrentBag<DisposalResult>();
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            async (file, cancel) => results.Add(await OneAsync(file, cancel)));
        return [.. results];
    }

    async Task<DisposalResult> OneAsync(DueDisposal due, CancellationToken cancellationToken)
    {
        var verb = due.Step.Do == "delete" ? "deleted" : "archived";
        try
        {
            // A share that hangs must not block the caller's thread.
            var (outcome, text) = await Task.Run(() => new FileDisposer(ledger, due, time, cancellationToken).RunAsync(),
                cancellationToken);
            CrashPoint.Hit("disposal-done");
            await ledger.DoneAsync(due, outcome, text, cancellationToken);
            EngineLog.FileDisposed(logger, due.Pipeline, due.File.Path, due.FileId.Value, text);
            return new DisposalResult(due.File.Path, outcome, text);
        }
        catch (DisposalLostException lost)
        {
            return new DisposalResult(due.File.Path, "lost", lost.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var wait = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(due.Attempts, 20))));
            var reason = $"could not be {verb}: {failure.Message}";
            await ledger.FailedAsync(due, reason, wait, cancellationToken);
            EngineLog.DisposalFailed(logger, due.Pipeline, due.File.Path, due.FileId.Value, due.Attempts + 1,
                wait.TotalSeconds, reason);
            return new DisposalResult(due.File.Path, "failed", reason);
        }
    }
}
