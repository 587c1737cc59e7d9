using System.Diagnostics.Metrics;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The state of the whole cluster as metrics, read from the ledger on demand. Every process that serves metrics
/// reports the same values: use the maximum over processes, not the sum.</summary>
public sealed class LedgerMeter : IDisposable
{
    static readonly TimeSpan Stale = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly NpgsqlDataSource _dataSource;
    readonly TimeProvider _time;
    readonly Meter _meter = new(MetricNames.Meter);
    readonly SemaphoreSlim _reading = new(1);
    Reading? _last;

    /// <param name="dataSource">Connections for reading.</param>
    /// <param name="time">For the age of the values.</param>
    public LedgerMeter(NpgsqlDataSource dataSource, TimeProvider time)
    {
        (_dataSource, _time) = (dataSource, time);
        _meter.CreateObservableGauge(MetricNames.FilesInState, () => Of(r => r.Files), "{file}",
            "Files in the cluster, by pipeline and state");
        _meter.CreateObservableGauge(MetricNames.BacklogBytes, () => Of(r => r.Backlog), "By",
            "Bytes of files in the cluster that are waiting or being loaded");
        _meter.CreateObservableGauge(MetricNames.OldestAge, () => Of(r => r.Oldest), "s",
            "Time since the oldest waiting or loading file in the cluster was discovered; 0 without one");
        _meter.CreateObservableGauge(MetricNames.Nodes, () => Of(r => r.Nodes), "{node}",
            "Nodes by state; nodes that died or left are counted for 24 hours");
        _meter.CreateObservableGauge(MetricNames.HeartbeatAge, () => Of(r => r.Heartbeats), "s",
            "Time since the last heartbeat of a live node");
        _meter.CreateObservableGauge(MetricNames.AlertsFiring, () => Of(r => r.Alerts), "{alert}", "Firing alerts, by rule");
        _meter.CreateObservableCounter(MetricNames.LedgerRows, () => Of(r => r.Rows), "{row}",
            "Rows committed since the ledger was created, by outcome");
        _meter.CreateObservableCounter(MetricNames.LedgerFilesFinished, () => Of(r => r.Finished), "{file}",
            "Files loaded since the ledger was created");
        _meter.CreateObservableGauge(
            MetricNames.OpenRejects, () => Of(r => r.OpenRejects), "{record}",
            "Rejects in the cluster that are neither replayed nor closed");
    }

    /// <summary>Reads again, unless that was done just now. Await it before a scrape. Fails silently: values that
    /// cannot be read are not shown.</summary>
    /// <param name="maximumAge">Values younger than this are not read again.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RefreshAsync(TimeSpan maximumAge, CancellationToken cancellationToken)
    {
        if (_last is { } last && _time.GetElapsedTime(last.At) < maximumAge) return;
        if (!await _reading.WaitAsync(Patience, cancellationToken)) return;
        try
        {
            if (_last is { } before && _time.GetElapsedTime(before.At) < maximumAge) return;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            _last = await ReadAsync(patience.Token);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException or InvalidOperationException
            || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _last = null; // the database is unavailable: old numbers would look like new ones
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    IEnumerable<Measurement<T>> Of<T>(Func<Reading, IEnumerable<Measurement<T>>> part)
        where T : struct
    {
        var last = _last;
        // A pushing exporter (OTLP) gets the values read for its previous push.
        if (last is null || _time.GetElapsedTime(last.At) > TimeSpan.FromSeconds(5))
            _ = RefreshAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        return last is null || _time.GetElapsedTime(last.At) > Stale ? [] : part(last);
    }

    async Task<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[]
        {
            // States without files are 0, not missing.
            $"""
            SELECT p.name, s.status, coalesce(t.files, 0), coalesce(t.bytes, 0) FROM ingest.pipeline p CROSS JOIN
                unnest({FileStatusSql.All}) AS s (status)
            LEFT JOIN ingest.file_total t ON t.pipeline = p.name AND t.status = s.status
            """,
            $"""
            SELECT p.name, coalesce(extract(epoch FROM clock_timestamp() - least(
                (SELECT min(discovered_at) FROM ingest.file f WHERE f.pipeline = p.name AND f.status {FileStatusSql.IsWaiting}),
                (SELECT min(discovered_at) FROM ingest.file f WHERE f.pipeline = p.name AND f.status = {FileStatusSql.Loading}))),
                    0)::double precision
            FROM ingest.pipeline p
            """,
            $"""
            SELECT s.state, count(n.node) FROM unnest({Views.NodeStates.AllSql}) AS s (state) LEFT JOIN ingest.node n
                ON {Views.NodeStates.Sql} = s.state AND {Views.NodeStates.RecentSql} GROUP BY s.state
            """,
            $"""
            SELECT node, extract(epoch FROM clock_timestamp() - heartbeat_at)::double precision FROM ingest.node n
            WHERE state IN ('alive', 'draining') AND {Views.NodeStates.RecentSql}
            """,
            "SELECT coalesce(pipeline, ''), rule, count(*) FROM ingest.alert WHERE resolved_at IS NULL GROUP BY 1, 2",
            "SELECT pipeline, rows_loaded, rows_rejected, rows_skipped, files_finished FROM ingest.throughput_total",
            """
            SELECT p.name, coalesce(sum(c.rejects), 0)::bigint
            FROM ingest.pipeline p LEFT JOIN ingest.reject_count c ON c.pipeline = p.name GROUP BY p.name
            """,
        })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        }

        var reading = new Reading(_time.GetTimestamp());
        var backlog = new Dictionary<string, long>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await EachAsync(r =>
        {
            var (pipeline, status) = (r.GetString(0), r.GetString(1));
            reading.Files.Add(new(r.GetInt64(2), Tag(MetricNames.Pipeline, pipeline), Tag(MetricNames.State, status)));
            var waits = status is "discovered" or "ready" or "failed" or "loading";
            backlog[pipeline] = backlog.GetValueOrDefault(pipeline) + (waits ? r.GetInt64(3) : 0);
        });
        reading.Backlog.AddRange(backlog.Select(b => new Measurement<long>(b.Value, Tag(MetricNames.Pipeline, b.Key))));
        await EachAsync(r => reading.Oldest.Add(new(Math.Max(0, r.GetDouble(1)), Tag(MetricNames.Pipeline, r.GetString(0)))));
        await EachAsync(r => reading.Nodes.Add(new(r.GetInt64(1), Tag(MetricNames.State, r.GetString(0)))));
        await EachAsync(r => reading.Heartbeats.Add(new(Math.Max(0, r.GetDouble(1)), Tag(MetricNames.Node, r.GetString(0)))));
        await EachAsync(
            r => reading.Alerts.Add(new(r.GetInt64(2), Tag(MetricNames.Pipeline, r.GetString(0)),
                Tag(MetricNames.Rule, r.GetString(1)))));
        await EachAsync(r =>
        {
            var pipeline = Tag(MetricNames.Pipeline, r.GetString(0));
            foreach (var (outcome, column) in new[] { ("loaded", 1), ("rejected", 2), ("skipped", 3) })
                reading.Rows.Add(new(r.GetInt64(column), pipeline, Tag(MetricNames.Outcome, outcome)));
            reading.Finished.Add(new(r.GetInt64(4), pipeline));
        });
        await EachAsync(r => reading.OpenRejects.Add(new(r.GetInt64(1), Tag(MetricNames.Pipeline, r.GetString(0)))));
        return reading;

        async Task EachAsync(Action<NpgsqlDataReader> row)
        {
            while (await reader.ReadAsync(cancellationToken)) row(reader);
            await reader.NextResultAsync(cancellationToken);
        }
    }

    static KeyValuePair<string, object?> Tag(string label, string value) => new(label, value);

    sealed record Reading(long At)
    {
        public List<Measurement<long>> Files { get; } = [];

        public List<Measurement<long>> Backlog { get; } = [];

        public List<Measurement<double>> Oldest { get; } = [];

        public List<Measurement<long>> Nodes { get; } = [];

        public List<Measurement<double>> Heartbeats { get; } = [];

        public List<Measurement<long>> Alerts { get; } = [];

        public List<Measurement<long>> Rows { get; } = [];

        public List<Measurement<long>> Finished { get; } = [];

        public List<Measurement<long>> OpenRejects { get; } = [];
    }
}
