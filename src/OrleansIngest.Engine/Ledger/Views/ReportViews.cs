using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of the events of a time range.</summary>
public sealed class ReportViews(NpgsqlDataSource dataSource)
{
    /// <summary>Maximum number of events: enough for a bad night, and no more than a chart can show.</summary>
    public const int MostEvents = 500;

    /// <summary>Reads the report of a range.</summary>
    /// <param name="from">Start.</param>
    /// <param name="to">End; null for now, by the database's clock.</param>
    /// <param name="pipeline">Null: all of them.</param>
    /// <param name="zone">The time zone of times in the digest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Report> ReadAsync(
        DateTimeOffset from, DateTimeOffset? to, string? pipeline, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    $"""
                    SELECT files, rows_loaded, rows_rejected, bytes, reject_files, quarantined, alerts, firing,
                        coalesce($2, statement_timestamp()),
                        CASE WHEN quarantined = 0 THEN 0 ELSE (
                            SELECT count(DISTINCT h.file_id) FROM ingest.history h JOIN ingest.file f USING (file_id)
                            WHERE h.at >= $1 AND h.at < coalesce($2, statement_timestamp())
                                AND h.kind IN ('file.quarantined', 'operator.quarantine')
                                AND ($3 IS NULL OR h.pipeline = $3) AND f.status = {FileStatusSql.Quarantined}) END
                    FROM ingest.report($1, coalesce($2, statement_timestamp()), $3)
                    """),
                new NpgsqlBatchCommand(
                    $"""
                    SELECT kind, at, ended_at, pipeline, node, who, detail
                    FROM ingest.report_event($1, coalesce($2, statement_timestamp()), $3)
                    ORDER BY at LIMIT {MostEvents}
                    """),
            },
        };
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(to?.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        }

        var sums = new long[8];
        var (end, still) = (from, 0L);
        var events = new List<ReportEvent>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r =>
        {
            for (var i = 0; i < sums.Length; i++) sums[i] = r.GetInt64(i);
            (end, still) = (r.Instant(8)!.Value, r.GetInt64(9));
        }, cancellationToken);
        await reader.EachAsync(r => events.Add(new ReportEvent(
            r.GetString(0), r.Instant(1)!.Value, r.Instant(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6))), cancellationToken);
        var report = new Report
        {
            From = from,
            To = end,
            Pipeline = pipeline,
            Text = "",
            Files = sums[0],
            RowsLoaded = sums[1],
            RowsRejected = sums[2],
            Bytes = sums[3],
            RejectFiles = sums[4],
            Quarantined = sums[5],
            StillQuarantined = still,
            Alerts = sums[6],
            Firing = sums[7],
            Events = events,
        };
        return report with { Text = ReportText.Of(report, to is null, zone) };
    }
}
