using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of one node's work.</summary>
public sealed class NodeWorkViews(NpgsqlDataSource dataSource)
{
    const int MostEvents = 100;
    const int Minutes = 120;
    const int Minute = 60;

    // Batches are found by their time only, so this many are examined, however few belong to the node.
    const string Files =
        """
        SELECT f.file_id, f.path, f.pipeline, f.status, count(*), sum(b.rows_loaded)::bigint, sum(b.rows_rejected)::bigint,
            avg((b.read_us + b.wait_us + b.copy_us) / 1000.0)::float8, max(b.committed_at)
        FROM (SELECT * FROM ingest.batch WHERE committed_at BETWEEN $2 AND $3 ORDER BY committed_at DESC LIMIT 20000) b
        JOIN ingest.file f USING (file_id) WHERE b.node = $1
        GROUP BY f.file_id ORDER BY max(b.committed_at) DESC, f.file_id DESC LIMIT 20
        """;

    const string Series =
        """
        SELECT extract(epoch FROM ingest.bucket(bucket, 60))::bigint, sum(rows_loaded)::bigint, sum(rows_rejected)::bigint,
            sum(bytes)::bigint,
            sum(batches)::bigint, sum(files_finished)::bigint
        FROM ingest.throughput WHERE step = 10 AND bucket >= $2 AND bucket < $3 AND node = $1 GROUP BY 1
        """;

    /// <summary>One node with its work; null if the ledger has none of this name.</summary>
    public async Task<NodeDetail?> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        if (await new NodeViews(dataSource).FindAsync(name, cancellationToken) is not { } node) return null;
        var (series, files) = await WorkAsync(node, cancellationToken);
        var events = await new HistoryViews(dataSource).ListAsync(
            new HistoryFilter { Node = name }, MostEvents, null, cancellationToken);
        return new NodeDetail(node, series, files, events.Items);
    }

    async Task<(NodeSeries Series, IReadOnlyList<NodeFileRow> Files)> WorkAsync(NodeRow node, CancellationToken cancellationToken)
    {
        // By the database's clock, to which both instants refer.
        var end = node.LeftAt ?? node.HeartbeatAt;
        var last = end.ToUnixTimeSeconds() / Minute * Minute;
        var first = DateTimeOffset.FromUnixTimeSeconds(last - ((Minutes - 1) * Minute));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[] { ViewQueries.WithoutJit, Series, Files }) batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        Add(1, first, DateTimeOffset.FromUnixTimeSeconds(last + Minute));
        // Its last batch may be recorded a moment after its last heartbeat.
        Add(2, node.StartedAt, end.AddMinutes(1));
        var series = Empty(first);
        var files = new List<NodeFileRow>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r => Put(series, r), cancellationToken);
        await reader.EachAsync(
            r => files.Add(new NodeFileRow(
                r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6),
                Math.Round(r.GetDouble(7), 2), r.Instant(8)!.Value)),
            cancellationToken);
        return (series, files);

        void Add(int command, DateTimeOffset from, DateTimeOffset to)
        {
            var parameters = batch.BatchCommands[command].Parameters;
            parameters.Put(node.Node, NpgsqlDbType.Text);
            parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz);
            parameters.Put(to.UtcDateTime, NpgsqlDbType.TimestampTz);
        }
    }

    static NodeSeries Empty(DateTimeOffset first) => new(
        [.. Enumerable.Range(0, Minutes).Select(i => first.ToUnixTimeSeconds() + (i * Minute))],
        new long[Minutes], new long[Minutes], new long[Minutes], new long[Minutes], new long[Minutes]);

    static void Put(NodeSeries series, NpgsqlDataReader reader)
    {
        var at = (int)((reader.GetInt64(0) - series.T[0]) / Minute);
        if (at is < 0 or >= Minutes) return;
        var columns = new[] { series.Rows, series.Rejected, series.Bytes, series.Batches, series.Files };
        for (var i = 0; i < columns.Length; i++) columns[i][at] = reader.GetInt64(i + 1);
    }
}
