using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>The programs that work on the ledger.</summary>
sealed class NodesCommand() : QueryCommand(
    "nodes",
    "Show the processes on this database, and those that ended within the last 24 hours.",
    "ingest nodes",
    "ingest nodes --watch")
{
    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var nodes = new ViewList<NodeRow>(await new NodeViews(dataSource).ListAsync(cancellationToken));
        var table = new TextTable(
            "NODE", new("KIND", Rank: 2), "STATE", new("HOST", Rank: 4), new("PID", true, 3), new("ADDRESS", Rank: 5),
            new("CPU %", true, 1), new("MEMORY", true, 1),
            new("FILES", true), new("ROWS/s", true), new("HEARTBEAT", true, 1), new("VERSION", Rank: 6),
            new("STARTED", Rank: 7, IsInstant: true), new("LEFT", Rank: 8, IsInstant: true))
        {
            WhenEmpty = "no program has used this database in the last 24 hours",
        };
        foreach (var n in nodes.Items)
        {
            table.Add(
                n.Node, n.Kind, n.State, n.Host, $"{n.Pid}", n.Address, $"{n.CpuPercent:0}", Readable.Bytes(n.RssBytes),
                $"{n.ActiveFiles}/{n.Capacity}", Readable.Rate(n.RowsPerSecond),
                Readable.Seconds(n.SecondsSinceHeartbeat), n.Version, Readable.Instant(n.StartedAt), Readable.Instant(n.LeftAt));
        }

        return new QueryResult(() => ReadableJson.Of(nodes, ViewJson.Default.ViewListNodeRow), [table]);
    }
}
