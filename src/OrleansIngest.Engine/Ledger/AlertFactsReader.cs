using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Reads the facts about pipelines for alert rules.</summary>
static class AlertFactsReader
{
    // Replayed and closed rejects do not count. Rejects of the window are counted one by one only if their share requires an
    // alert, and up to 100,000: otherwise the total of the pipeline's open rejects is a bound that costs nothing.
    static readonly string Sql =
        $"""
        SELECT coalesce((SELECT sum(files)::bigint FROM ingest.file_total c
                WHERE c.pipeline = p.name AND c.status IN ({FileStatusSql.Ready}, {FileStatusSql.Loading})), 0),
            clock_timestamp() - least(
                (SELECT min(coalesce(ready_at, discovered_at)) FROM ingest.file f WHERE f.pipeline = p.name
                    AND f.status = {FileStatusSql.Ready}),
                (SELECT min(claimed_at) FROM ingest.file f WHERE f.pipeline = p.name AND f.status = {FileStatusSql.Loading})),
            clock_timestamp() - t.last_batch,
            clock_timestamp() - (SELECT min(discovered_at) FROM ingest.file f
                WHERE f.pipeline = p.name AND f.status {FileStatusSql.IsWaiting}),
            r.records,
            CASE WHEN r.records >= p.minimum AND r.rejected <= 100000
                    AND 100 * least(r.rejected, o.rejects) > p.percent * r.records
                THEN least(r.rejected, (SELECT count(*) FROM public.corrupt_records c
                    WHERE c.ingestion_time > statement_timestamp() - p.span AND c.pipeline = p.name AND c.status = 'open'))
                ELSE least(r.rejected, o.rejects) END,
            CASE WHEN p.day IS NOT NULL THEN coalesce(greatest(t.last_batch, t.last_file) + interval '10 s' >= p.day, false)
                OR EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = p.name AND f.discovered_at >= p.day
                    AND f.status {FileStatusSql.IsWaiting})
                OR EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = p.name AND f.discovered_at >= p.day
                    AND f.status = {FileStatusSql.Loading})
                OR EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = p.name AND f.finished_at >= p.day
                    AND f.status = {FileStatusSql.Quarantined}) END,
            q.files, q.newest, w.files, w.path, w.rejects, w.records, x.files, x.error, d.decisions, d.newest
        FROM unnest($1::text[], $2::interval[], $3::timestamptz[], $4::integer[], $5::integer[], $6::integer[], $7::interval[])
            WITH ORDINALITY AS p (name, span, day, minimum, percent, file_percent, drift, n)
        LEFT JOIN ingest.throughput_total t ON t.pipeline = p.name
        CROSS JOIN LATERAL (SELECT coalesce(sum(records), 0)::bigint AS records,
            coalesce(sum(rows_rejected), 0)::bigint AS rejected
            FROM ingest.throughput s WHERE s.step IN (10, 60) AND s.bucket > statement_timestamp() - p.span
                AND s.pipeline = p.name) r
        CROSS JOIN LATERAL (SELECT coalesce(sum(rejects), 0)::bigint AS rejects FROM ingest.reject_count c
            WHERE c.pipeline = p.name) o
        CROSS JOIN LATERAL (SELECT count(*) AS files, (array_agg(path ORDER BY finished_at DESC, file_id DESC))[1] AS newest
            FROM ingest.open_quarantine v WHERE v.pipeline = p.name) q
        LEFT JOIN LATERAL (
            SELECT count(*) OVER () AS files, f.path, c.rejects, f.rows_loaded + f.rows_rejected AS records FROM ingest.file f
            CROSS JOIN LATERAL (SELECT coalesce(sum(rejects), 0)::bigint AS rejects FROM ingest.reject_count c
                WHERE c.file_id = f.file_id) c
            WHERE p.file_percent > 0 AND f.pipeline = p.name AND f.status = {FileStatusSql.Loaded} AND f.rows_rejected > 0
                AND ingest.reject_percent(f.rows_loaded, f.rows_rejected) >= p.file_percent
                AND 100 * c.rejects >= p.file_percent * (f.rows_loaded + f.rows_rejected)
            ORDER BY c.rejects::float8 / (f.rows_loaded + f.rows_rejected) DESC, f.file_id DESC LIMIT 1) w ON true
        CROSS JOIN LATERAL (SELECT count(*) AS files, (array_agg(x.error ORDER BY x.next_attempt_at DESC))[1] AS error
            FROM ingest.disposal x WHERE x.pipeline = p.name AND x.done_at IS NULL
                AND x.attempts >= {DisposalLedger.AlertAfter}) x
        CROSS JOIN LATERAL (SELECT count(*) AS decisions, (array_agg(d.detail ORDER BY d.at DESC, d.drift_id DESC))[1] AS newest
            FROM ingest.drift d WHERE d.pipeline = p.name AND d.at > statement_timestamp() - p.drift
                AND d.kind <> '{DriftDecision.Missing}') d
        ORDER BY p.n
        """;

    public static async Task<List<AlertFacts>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<EvaluatedPipeline> pipelines, CancellationToken cancellationToken)
    {
        await connection.WithoutJitAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                Array(p => p.Name, NpgsqlDbType.Text), Array(p => p.Options.RejectWindow, NpgsqlDbType.Interval),
                Array(p => p.Day?.UtcDateTime, NpgsqlDbType.TimestampTz),
                Array(p => p.Options.RejectMinimum, NpgsqlDbType.Integer),
                Array(p => p.Options.RejectPercent, NpgsqlDbType.Integer),
                Array(p => p.Options.RejectFilePercent, NpgsqlDbType.Integer), Array(p => p.Options.Drift, NpgsqlDbType.Interval),
            },
        };
        var facts = new List<AlertFacts>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            facts.Add(new AlertFacts
            {
                Pipeline = pipelines[facts.Count].Name,
                Options = pipelines[facts.Count].Options,
                IsPaused = pipelines[facts.Count].IsPaused,
                Open = reader.GetInt64(0),
                OpenFor = Span(1),
                SinceCommit = Span(2),
                OldestFor = Span(3),
                Records = reader.GetInt64(4),
                Rejected = reader.GetInt64(5),
                CameToday = reader.IsDBNull(6) ? null : reader.GetBoolean(6),
                Quarantined = reader.GetInt64(7),
                NewestQuarantined = reader.IsDBNull(8) ? null : reader.GetString(8),
                RejectedFiles = reader.IsDBNull(9) ? 0 : reader.GetInt64(9),
                WorstFile = reader.IsDBNull(10)
                    ? null
                    : new RejectedFile(reader.GetString(10), reader.GetInt64(11), reader.GetInt64(12)),
                FailingDisposals = reader.GetInt64(13),
                DisposalError = reader.IsDBNull(14) ? null : reader.GetString(14),
                DriftDecisions = reader.GetInt64(15),
                NewestDrift = reader.IsDBNull(16) ? null : reader.GetString(16),
            });
        }

        return facts;

        TimeSpan? Span(int column) => reader.IsDBNull(column) ? null : reader.GetTimeSpan(column);

        NpgsqlParameter Array<T>(Func<EvaluatedPipeline, T> value, NpgsqlDbType type) =>
            new() { Value = pipelines.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
