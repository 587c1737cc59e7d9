using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Loading;

/// <summary>Reports the indexes of a <c>load</c> to its user: which are dropped, what that means for others, and what
/// became of it.</summary>
sealed class BulkRun : IDisposable
{
    readonly CliContext _context;
    readonly IngestNode _node;
    readonly BulkLoad _bulk;
    readonly BulkStart _start;
    bool _isOver;

    BulkRun(CliContext context, IngestNode node, BulkLoad bulk, BulkStart start) =>
        (_context, _node, _bulk, _start, _isOver) = (context, node, bulk, start, !start.IsPending);

    /// <summary>Before the load: drops indexes if that pays.</summary>
    /// <param name="context">Receives the messages.</param>
    /// <param name="node">Loads.</param>
    /// <param name="pipeline">As it is loaded.</param>
    /// <param name="files">All that were given.</param>
    /// <param name="hasPipes">Whether some of them are pipes, which have no size.</param>
    /// <param name="isAgain">Whether loaded files are loaded again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">It was requested, and other sessions hold locks on the table.</exception>
    public static async Task<BulkRun> BeginAsync(
        CliContext context, IngestNode node, PipelineOptions pipeline, IReadOnlyList<SeenFile> files, bool hasPipes, bool isAgain,
        CancellationToken cancellationToken)
    {
        var bulk = node.CreateBulkLoad();
        try
        {
            var bytes = files.Sum(f => f.Size);
            // Fewer bytes cannot turn a no into a yes, so the ledger is queried only after a yes.
            if (bytes > 0 && !isAgain && BulkLoad.MayDrop(pipeline, bytes, hasPipes))
                bytes -= await LoadedAsync(node, pipeline, files, cancellationToken);
            var start = await bulk.BeginAsync(
                pipeline, bytes, hasPipes, plan => context.Error.WriteLine(Announce(plan)), cancellationToken);
            if (start.WhyNot is { } why) context.Error.WriteLine($"ingest: the indexes of {start.Table} are kept: {why}");
            if (start.Adopted > 0)
            {
                var was = start.Adopted == 1 ? "was" : "were";
                context.Error.WriteLine(
                    $"ingest: {Counted.Of(start.Adopted, "index", "indexes")} of {start.Table} {was} dropped by an earlier load "
                    + "and will be rebuilt after this one");
            }

            return new BulkRun(context, node, bulk, start);
        }
        catch (TargetTableException failure)
        {
            throw new CliException(failure.Message);
        }
    }

    /// <summary>After the load: rebuilds missing indexes.</summary>
    /// <returns>The result; null if none was missing.</returns>
    public async Task<LoadIndexes?> FinishAsync(int sessions, CancellationToken cancellationToken)
    {
        if (_isOver) return null;
        using var progress = IndexBar.Start(_context, _node, _bulk);
        var report = await _bulk.FinishAsync(sessions, cancellationToken);
        progress.Dispose();
        _isOver = true;
        foreach (var failed in report.Failed)
        {
            _context.Error.WriteLine(
                $"ingest: index {failed.Index} of {failed.Table} could not be rebuilt: {failed.Reason}. "
                + "Its definition is in the ledger, and the next ingest load or ingest up tries again: see ingest status");
        }

        return report.Built.Count == 0 && report.Failed.Count == 0
            ? null
            : new LoadIndexes(
                report.Built, [.. report.Failed.Select(f => f.Index)], report.Failed.Any(f => f.Table == _start.Table),
                Math.Round(report.Seconds, 3));
    }

    /// <summary>Reports that a load ended before its indexes were built.</summary>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _context.Error.WriteLine(
            "ingest: not all dropped indexes are rebuilt: the next ingest load or ingest up rebuilds them; see ingest status");
    }

    static string Announce(BulkPlan plan)
    {
        var many = plan.Indexes.Count;
        var (them, they) = many == 1 ? ("it", "it") : ("them", "they");
        return string.Create(CultureInfo.InvariantCulture,
            $"ingest: bulk load into {plan.Table}: dropping {Counted.Of(many, "index", "indexes")} "
            + $"({string.Join(", ", plan.Indexes)}) and rebuilding {them} after the load. "
            + $"Until then, queries cannot use {them}. The table is locked for a moment now, and cannot be written to "
            + $"while {they} {(many == 1 ? "is" : "are")} built, which takes up to "
            + $"{plan.Size} of disk and temporarily as much again");
    }

    /// <summary>Bytes of the files that are loaded already, or that an operator has to release first.</summary>
    static async Task<long> LoadedAsync(
        IngestNode node, PipelineOptions pipeline, IReadOnlyList<SeenFile> files, CancellationToken cancellationToken)
    {
        var sizes = files.ToDictionary(f => f.Path, f => f.Size);
        var states = await node.Files.StatesAsync(pipeline.Name, [.. sizes.Keys], cancellationToken);
        return states.Where(s => (s.Status is "loaded" or "ignored" || s.IsHeld) && sizes[s.Path] == s.Size).Sum(s => s.Size);
    }
}

/// <summary>What a load did with indexes that it or an earlier one had dropped.</summary>
/// <param name="Built">Rebuilt indexes; quoted, with their schemas.</param>
/// <param name="Failed">Indexes that could not be built; they are retried later.</param>
/// <param name="IsIncomplete">Whether one of the loaded table is among those.</param>
/// <param name="Seconds">Its duration, after the files.</param>
sealed record LoadIndexes(IReadOnlyList<string> Built, IReadOnlyList<string> Failed, bool IsIncomplete, double Seconds);
