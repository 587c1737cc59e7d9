using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The backlog at the end of each step: that at the start of the range, and the changes since then.</summary>
static class BacklogSeries
{
    // The backlog at the start of the range has no time: it is the total without the changes that have been merged into it since.
    const string Changes =
        $"""
        SELECT pipeline, at, sum(files)::bigint, sum(bytes)::bigint
        FROM (SELECT pipeline, CASE WHEN at >= $1 THEN floor(date_part('epoch', at))::bigint / $3 * $3 END AS at, files, bytes
            FROM ingest.file_count WHERE status {FileStatusSql.IsWaiting} AND at < $2
            UNION ALL
            SELECT pipeline, date_part('epoch', bucket)::bigint / $3 * $3, files, bytes
            FROM ingest.backlog_change WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2
            UNION ALL
            SELECT pipeline, NULL, -files, -bytes FROM ingest.backlog_change WHERE step IN (10, 60, 3600) AND bucket >= $1) c
        WHERE $4::text IS NULL OR pipeline = $4
        GROUP BY pipeline, at
        """;

    const string Known =
        """
        SELECT floor(date_part('epoch', min(since)))::bigint, floor(date_part('epoch', statement_timestamp()))::bigint
        FROM ingest.backlog_recorded
        """;

    public static async Task FillAsync(NpgsqlConnection connection, SeriesFrame frame, string? pipeline,
        CancellationToken cancellationToken)
    {
        var changes = new NpgsqlBatchCommand(Changes);
        changes.Parameters.Put(frame.From.UtcDateTime, NpgsqlDbType.TimestampTz);
        changes.Parameters.Put(frame.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        changes.Parameters.Put(frame.Step, NpgsqlDbType.Integer);
        changes.Parameters.Put(pipeline, NpgsqlDbType.Text);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(Known), changes } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r =>
        {
            if (!r.IsDBNull(0)) Begin(frame, r.GetInt64(0), r.GetInt64(1));
        }, cancellationToken);
        await reader.EachAsync(r =>
        {
            if (frame.Find(r.GetString(0)) is not { } series) return;
            var first = r.IsDBNull(1) ? 0 : frame.IndexOf(r.GetInt64(1)) ?? 0;
            for (var i = first; i < series.BacklogFiles.Length; i++)
            {
                series.BacklogFiles[i] += r.GetInt64(2); // null stays null
                series.BacklogBytes[i] += r.GetInt64(3);
            }
        }, cancellationToken);
    }

    /// <summary>Zeros where the backlog is known.</summary>
    static void Begin(SeriesFrame frame, long since, long now)
    {
        foreach (var series in frame.All)
        {
            for (var i = 0; i < series.BacklogFiles.Length; i++)
            {
                var start = frame.From.ToUnixTimeSeconds() + (long)i * frame.Step;
                if (start + frame.Step > since && start <= now) (series.BacklogFiles[i], series.BacklogBytes[i]) = (0, 0);
            }
        }
    }
}
