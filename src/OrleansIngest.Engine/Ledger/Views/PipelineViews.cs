using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of pipeline summaries.</summary>
public sealed class PipelineViews(NpgsqlDataSource dataSource)
{
    /// <summary>The interval over which rates are averaged.</summary>
    public static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    static readonly TimeSpan LatencyWindow = TimeSpan.FromMinutes(5);

    const string Pipelines =
        $"""
        SELECT p.name, p.config::text, p.paused, p.paused_by, p.max_in_flight, p.priority, p.coordinator, p.coordinated_at,
            clock_timestamp(),
            (SELECT min(discovered_at) FROM ingest.file f WHERE f.pipeline = p.name AND f.status {FileStatusSql.IsWaiting}),
                p.paused_reason, p.paused_at,
            p.list_ms, p.claim_ms
        FROM ingest.pipeline p ORDER BY p.name
        """;

    const string Files = "SELECT pipeline, status, files, bytes FROM ingest.file_total";

    // Progress of the files being loaded: their batches are committed nearly in order, so the last one shows it without reading
    // them all.
    const string InWork =
        $"""
        SELECT f.pipeline, sum(coalesce({StoredBytes.UpToBatch}, 0))::bigint, min(f.claimed_at) FROM ingest.file f
        LEFT JOIN LATERAL (SELECT end_offset FROM ingest.batch WHERE file_id = f.file_id ORDER BY start_offset DESC
            LIMIT 1) b ON true
        WHERE f.status = {FileStatusSql.Loading} GROUP BY f.pipeline
        """;

    // Totals are stored merged; only the few sums of ten seconds are added up here.
    const string Totals =
        """
        SELECT t.pipeline, t.rows_loaded, t.rows_rejected, t.bytes, t.files_finished, coalesce(h.records, 0),
            coalesce(h.rejected, 0), t.last_file
        FROM ingest.throughput_total t LEFT JOIN (
            SELECT pipeline, sum(records)::bigint AS records, sum(rows_rejected)::bigint AS rejected FROM ingest.throughput
            WHERE step = 10 AND bucket > statement_timestamp() - interval '1 h' GROUP BY pipeline) h USING (pipeline)
        """;

    const string Latencies =
        """
        SELECT pipeline, bin, sum(files)::bigint FROM ingest.latency WHERE step = 10 AND bucket > statement_timestamp() - $1
            GROUP BY pipeline, bin
        """;

    // The newest batch is in the last bucket that has any: the index on committed_at is read backwards from there.
    const string Newest =
        """
        SELECT l.pipeline, b.committed_at, b.rows_loaded, (b.read_us + b.wait_us + b.copy_us) / 1000.0::float8
        FROM ingest.throughput_total l
        JOIN LATERAL (SELECT b.* FROM ingest.batch b JOIN ingest.file f USING (file_id)
            WHERE b.committed_at >= l.last_batch - interval '1 s' AND b.committed_at < l.last_batch + interval '11 s'
                AND f.pipeline = l.pipeline
            ORDER BY b.committed_at DESC LIMIT 1) b ON true
        """;

    const string Quarantined = "SELECT pipeline, count(*) FROM ingest.open_quarantine GROUP BY pipeline";

    // The same rule as FileStates.Of. Files of which all records were rejected are few, and indexed.
    const string Rejects =
        $"""
        SELECT p.name, coalesce(o.rejects, 0), a.files, a.rejects
        FROM ingest.pipeline p
        LEFT JOIN (SELECT pipeline, sum(rejects)::bigint AS rejects FROM ingest.reject_count GROUP BY pipeline) o
            ON o.pipeline = p.name
        CROSS JOIN LATERAL (SELECT count(*) AS files, coalesce(sum(f.rows_rejected), 0)::bigint AS rejects FROM ingest.file f
            WHERE f.pipeline = p.name AND f.status = {FileStatusSql.Loaded} AND f.rows_rejected > 0 AND f.rows_loaded = 0
                AND ingest.reject_percent(f.rows_loaded, f.rows_rejected) >= 100
                AND f.rows_rejected <= (SELECT sum(r.rejects) FROM ingest.reject_count r WHERE r.file_id = f.file_id)) a
        """;

    static readonly string Nodes =
        $"""
        SELECT count(*) FILTER (WHERE s.state = 'alive'), count(*) FILTER (WHERE s.state = 'draining'),
            count(*) FILTER (WHERE s.state = 'dead'), clock_timestamp(),
            count(*) FILTER (WHERE s.state = '{NodeStates.Silent}')
        FROM ingest.node n CROSS JOIN LATERAL (SELECT {NodeStates.Sql} AS state) s WHERE {NodeStates.RecentSql}
        """;

    /// <summary>The overview, with the last five minutes.</summary>
    public async Task<Overview> OverviewAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (overview, _) = await CurrentOverviewAsync(connection, cancellationToken);
        return overview with { Series = await SeriesViews.ReadAsync(connection, null, null, null, 300, cancellationToken) };
    }

    /// <summary>The overview, without series.</summary>
    public async Task<Overview> CurrentOverviewAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return (await CurrentOverviewAsync(connection, cancellationToken)).Overview;
    }

    /// <summary>The overview, with the newest second that is certainly complete.</summary>
    public async Task<Overview> CurrentOverviewWithPointAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (overview, facts) = await CurrentOverviewAsync(connection, cancellationToken);
        // A batch records when it was written; others see it once its transaction has ended, which may take some time.
        var second = overview.Now.AddMilliseconds(-500).ToUnixTimeSeconds() - 1;
        var frame = SeriesFrame.Of(DateTimeOffset.FromUnixTimeSeconds(second), DateTimeOffset.FromUnixTimeSeconds(second + 1), 1);
        foreach (var pipeline in overview.Pipelines) frame.Add(pipeline.Name);
        await FineSeries.FillAsync(connection, frame, null, cancellationToken);
        var points = overview.Pipelines.ToDictionary(p => p.Name,
            p => PipelinePoint.Of(frame.Add(p.Name), 0, p.Backlog, facts[p.Name]));
        return overview with { Point = new SeriesPoint(second, points) };
    }

    /// <summary>One pipeline; null if it is not in the ledger.</summary>
    public async Task<PipelineDetail?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (_, facts) = await CurrentOverviewAsync(connection, cancellationToken);
        if (!facts.TryGetValue(name, out var pipeline)) return null;
        var series = await SeriesViews.ReadAsync(connection, name, null, null, 300, cancellationToken);
        return new PipelineDetail(pipeline.Summarize(RateWindow), pipeline.Config, series,
            Operations(series.Pipelines[name], pipeline), pipeline.Orders);
    }

    /// <summary>The summary of one pipeline, the node of its coordinator, and the database's clock; nulls if it is not in the
    /// ledger.</summary>
    public async Task<(PipelineSummary? Pipeline, string? Coordinator, DateTimeOffset Now)> CurrentPipelineAsync(
        string name, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (overview, facts) = await CurrentOverviewAsync(connection, cancellationToken);
        return (overview.Pipelines.FirstOrDefault(p => p.Name == name), facts.GetValueOrDefault(name)?.Orders.Coordinator,
            overview.Now);
    }

    /// <summary>The configurations last reported by silos.</summary>
    public async Task<IReadOnlyList<PipelineConfiguration>> ConfigurationsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT name, config::text, updated_at FROM ingest.pipeline ORDER BY name");
        return await command.ReadAllAsync(r =>
        {
            using var config = JsonDocument.Parse(r.GetString(1));
            return new PipelineConfiguration(r.GetString(0), ConfigMask.Apply(config.RootElement), r.Instant(2)!.Value);
        }, cancellationToken);
    }

    static async Task<(Overview Overview, Dictionary<string, PipelineFacts> Facts)> CurrentOverviewAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        string[] statements =
        [
            ViewQueries.WithoutJit, Pipelines, Files, InWork, Totals, Latencies, Newest, RecentBatches, AlertViews.Firing, Nodes,
            Quarantined, Rejects, DroppedIndexLedger.All,
        ];
        foreach (var sql in statements)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        batch.BatchCommands[5].Parameters.Put(LatencyWindow, NpgsqlDbType.Interval);
        batch.BatchCommands[7].Parameters.Put(RateWindow, NpgsqlDbType.Interval);

        var facts = new Dictionary<string, PipelineFacts>(StringComparer.Ordinal);
        var alerts = new List<AlertRow>();
        var indexes = new List<DroppedIndex>();
        var nodes = new NodeCounts(0, 0, 0);
        var now = DateTimeOffset.UnixEpoch;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r => facts.Add(r.GetString(0), PipelineFacts.Read(r)), cancellationToken);
        await reader.EachAsync(r => Of(r)?.AddFiles(r.GetString(1), r.GetInt64(2), r.GetInt64(3)), cancellationToken);
        await reader.EachAsync(r => Of(r)?.SetInWork(r.GetInt64(1), r.Instant(2)), cancellationToken);
        await reader.EachAsync(r => Of(r)?.SetTotals(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5),
            r.GetInt64(6), r.Instant(7)), cancellationToken);
        await reader.EachAsync(r => Of(r)?.Latencies.Add(r.GetInt32(1), r.GetInt64(2)), cancellationToken);
        await reader.EachAsync(
            r => Of(r)?.SetNewest(new LastBatch(r.Instant(1)!.Value, r.GetInt64(2), Math.Round(r.GetDouble(3), 2))),
            cancellationToken);
        await reader.EachAsync(r => Of(r)?.AddRecent(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), cancellationToken);
        await reader.EachAsync(r => alerts.Add(AlertViews.Read(r)), cancellationToken);
        await reader.EachAsync(r => (nodes, now) = (new NodeCounts(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(4)),
            r.Instant(3)!.Value), cancellationToken);
        await reader.EachAsync(r => Of(r)?.SetQuarantined(r.GetInt64(1)), cancellationToken);
        await reader.EachAsync(r => Of(r)?.SetRejects(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), cancellationToken);
        await reader.EachAsync(r => indexes.Add(DroppedIndexLedger.Read(r)), cancellationToken);
        PipelineSummary[] pipelines = [.. facts.Values.Select(p => p.Summarize(RateWindow))];
        var overview = new Overview
        {
            Now = now,
            Pipelines = pipelines,
            Nodes = nodes,
            Alerts = alerts,
            DroppedIndexes = indexes,
            Totals = new OverviewTotals(
                facts.Values.Sum(p => p.Count("loaded")), facts.Values.Sum(p => p.RowsLoaded),
                facts.Values.Sum(p => p.RowsRejected), facts.Values.Sum(p => p.Bytes),
                pipelines.Sum(p => p.Rejects.Open)),
        };
        return (overview, facts);

        PipelineFacts? Of(NpgsqlDataReader r) => facts.GetValueOrDefault(r.GetString(0));
    }

    /// <summary>Records, bytes and busy time of the last seconds; busy as in <see cref="FineSeries"/>.</summary>
    const string RecentBatches =
        $"""
        SELECT pipeline, sum(records)::bigint, sum(bytes)::bigint, sum(greatest(0, ended - greatest(began, before)) * 1e6)::bigint
        FROM (SELECT *, coalesce(max(ended) OVER (PARTITION BY pipeline ORDER BY began, ended ROWS BETWEEN UNBOUNDED PRECEDING
            AND 1 PRECEDING), began) AS before
            FROM (SELECT f.pipeline, b.records, {StoredBytes.OfBatch} AS bytes,
                extract(epoch FROM b.committed_at)::float8 AS ended,
                    extract(epoch FROM b.committed_at)::float8 - (b.read_us + b.wait_us + b.copy_us) / 1e6 AS began
                FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE b.committed_at > statement_timestamp() - $1) b) b
        GROUP BY pipeline
        """;

    static OperationTimes Operations(PipelineSeries series, PipelineFacts facts)
    {
        return new OperationTimes(facts.ListMs, facts.ClaimMs, Mean(series.ReadMs), Mean(series.WaitMs), Mean(series.CopyMs),
            Mean(series.CommitMs));

        double? Mean(double?[] means)
        {
            var batches = series.Batches.Sum();
            return batches == 0 ? null
                : Math.Round(means.Select((mean, i) => (mean ?? 0) * series.Batches[i]).Sum() / batches, 2);
        }
    }
}
