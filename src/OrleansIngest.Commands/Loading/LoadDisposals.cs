using Microsoft.Extensions.Logging;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Disposal;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Commands.Loading;

/// <summary>What <c>load</c> did to its files afterwards.</summary>
/// <param name="Archived">Files moved into the archive, or to where quarantined files go.</param>
/// <param name="Deleted">Files deleted.</param>
/// <param name="Left">Files that were not handled: already gone, or replaced by a newer version.</param>
/// <param name="Failed">Files that cannot be archived or deleted now; the next load or silo tries again.</param>
sealed record LoadDisposals(int Archived, int Deleted, int Left, int Failed)
{
    const int ShownFailures = 5;

    /// <summary>Archives and deletes the files of this run, and those that a killed run has left.</summary>
    /// <returns>Null when the pipeline keeps its files.</returns>
    public static async Task<LoadDisposals?> RunAsync(
        CliContext context, IngestNode node, PipelineOptions pipeline, IReadOnlyList<FileState> states,
        CancellationToken cancellationToken)
    {
        if (DisposalPlan.Of(pipeline) is not { } plan) return null;
        var ledger = new DisposalLedger(node.LedgerSource);
        FileId[] files = [.. states.Select(s => s.FileId)];
        if (pipeline.AfterLoad != AfterLoadPolicy.Keep) await ledger.AskAsync(files, plan, cancellationToken);
        var round = new DisposalRound(ledger, node.Id, context.Time, context.Loggers.CreateLogger(nameof(DisposalRound)));
        var results = new Dictionary<string, DisposalResult>(StringComparer.Ordinal);
        foreach (var some in files.Chunk(64))
            Note(await round.RunAsync([pipeline.Name], some, atOnce: true, cancellationToken));
        while (await round.RunAsync([pipeline.Name], null, atOnce: false, cancellationToken) is { Count: > 0 } more) Note(more);
        if (!context.Json)
        {
            foreach (var failed in results.Values.Where(r => r.Outcome == "failed").Take(ShownFailures))
                context.Error.WriteLine($"{failed.Path}: {failed.Text}. Its rows are loaded; run load again to retry");
        }

        return new LoadDisposals(Count("archived"), Count("deleted"), Count("gone") + Count("replaced"), Count("failed"));

        int Count(string outcome) => results.Values.Count(r => r.Outcome == outcome);

        void Note(IReadOnlyList<DisposalResult> some)
        {
            foreach (var result in some) results[result.Path] = result;
        }
    }

    /// <summary>A line for people.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        (Archived, "archived"), (Deleted, "deleted"), (Left, "changed or removed since the load"),
        (Failed, "that could not be archived or deleted"),
    }.Where(part => part.Item1 > 0).Select(part => $"{Counted.Of(part.Item1, "file")} {part.Item2}"));
}
