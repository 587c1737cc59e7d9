using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Everything at a glance: the monitor's overview.</summary>
sealed class StatusCommand : QueryCommand
{
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Only this pipeline", HelpName = "NAME" };

    public StatusCommand()
        : base(
            "status",
            "Show every pipeline with state, rates, backlog, latency and rejects, and the nodes and alerts.",
            "ingest status",
            "ingest status --watch",
            "ingest status --json | jq '.pipelines[0].backlog'")
    {
        Add(_pipeline);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var overview = await new PipelineViews(dataSource).CurrentOverviewAsync(cancellationToken);
        if (context.Get(_pipeline) is { } name)
        {
            overview = overview with { Pipelines = [.. overview.Pipelines.Where(p => p.Name == name)] };
            if (overview.Pipelines.Count == 0) throw await PipelineNames.UnknownAsync(dataSource, name, cancellationToken);
        }

        var configurations = await new NodeConfigurations(dataSource).ListAsync(cancellationToken);
        return new QueryResult(
            () => ReadableJson.Of(overview, ViewJson.Default.Overview), [Pipelines(overview), .. Alerts(overview)],
            [.. overview.Attention.Text is { } open ? [$"open: {open}"] : Array.Empty<string>(), .. Expected(overview),
                .. overview.DroppedIndexes.Select(i => i.Sentence),
                .. ConfigurationNotes.Of(configurations), Nodes(overview.Nodes)]);
    }

    static IEnumerable<string> Expected(Overview overview) =>
        overview.Pipelines.Where(p => p.NextExpectedAt is not null)
            .Select(p => $"expected: files for {p.Name} by {Readable.Instant(p.NextExpectedAt)}");

    static string Nodes(NodeCounts nodes) =>
        $"nodes: {nodes.Alive} alive, {nodes.Draining} draining, "
            + $"{(nodes.Silent > 0 ? $"{nodes.Silent} silent, " : "")}{nodes.Dead} died in the last 24 h";

    static TextTable Pipelines(Overview overview)
    {
        var table = new TextTable(
            "PIPELINE", "STATUS", new("IN/s", true, 1), new("WAITING", true), new("OLDEST", true, 6), new("LOADING", true, 4),
            new("ETA", true, 5), new("p50", true, 3),
            new("p99", true, 3), new("LOADED", true, 1), new("FAILED", true, 2), new("QUARANTINED", true), new("ROWS", true, 2),
            new("OPEN REJECTS", true),
            new("LAST FILE", Rank: 7, IsInstant: true), new("WHY", IsBelow: true))
        {
            WhenEmpty = "no pipeline has run on this database yet",
        };
        foreach (var p in overview.Pipelines)
        {
            table.Add(
                p.Name, p.Status, Readable.Rate(p.InputRate), Readable.Count(p.Backlog.Files),
                Readable.Seconds(p.Backlog.OldestSeconds), Readable.Count(p.InFlight.Files),
                Readable.Seconds(p.EtaSeconds), Readable.Milliseconds(p.LatencyMs.P50), Readable.Milliseconds(p.LatencyMs.P99),
                Readable.Count(p.Files.Loaded),
                Readable.Count(p.Files.Failed), Readable.Count(p.Attention.FilesQuarantined), Readable.Count(p.RowsLoaded),
                Readable.Count(p.Rejects.Open),
                Readable.Instant(p.LastFileAt), p.StatusReason);
        }

        return table;
    }

    static IEnumerable<TextTable> Alerts(Overview overview)
    {
        if (overview.Alerts.Count == 0) yield break;
        var table = new TextTable("ALERT", "SEVERITY", new("PIPELINE", Rank: 1, Label: "pipeline"),
            new("NODE", Rank: 2, Label: "node"), new("SINCE", IsInstant: true), new("MESSAGE", IsBelow: true));
        foreach (var a in overview.Alerts)
            table.Add(a.Rule, a.Severity, a.Pipeline, a.Node, Readable.Instant(a.FiredAt), a.Message);
        yield return table;
    }
}
