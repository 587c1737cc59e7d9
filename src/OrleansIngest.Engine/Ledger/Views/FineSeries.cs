using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Series in steps of seconds over the last minutes, counted batch by batch.</summary>
static class FineSeries
{
    // Busy is the length of the union of the batches' times: a batch adds the part of its time that is after the end of all
    // batches that began before it.
    internal const string Sums =
        $"""
        SELECT pipeline, at, sum(records)::bigint, sum(rows_rejected)::bigint, sum(bytes)::bigint, count(*), sum(read_us)::bigint,
            sum(wait_us)::bigint,
            sum(copy_us)::bigint, sum(commit_us)::bigint, sum(greatest(0, ended - greatest(began, before)) * 1e6)::bigint,
                sum(rows_loaded)::bigint
        FROM (SELECT *, coalesce(max(ended) OVER (PARTITION BY pipeline ORDER BY began, ended ROWS BETWEEN UNBOUNDED PRECEDING
            AND 1 PRECEDING), began) AS before
            FROM (SELECT f.pipeline, floor(extract(epoch FROM b.committed_at) / $3)::bigint * $3 AS at, b.records, b.rows_loaded,
                b.rows_rejected,
                    {StoredBytes.OfBatch} AS bytes, b.read_us, b.wait_us, b.copy_us, b.commit_us,
                        extract(epoch FROM b.committed_at)::float8 AS ended,
                    extract(epoch FROM b.committed_at)::float8 - (b.read_us + b.wait_us + b.copy_us) / 1e6 AS began
                FROM ingest.batch b JOIN ingest.file f USING (file_id)
                WHERE b.committed_at >= $1 AND b.committed_at < $2 AND ($4::text IS NULL OR f.pipeline = $4)) b) b
        GROUP BY pipeline, at
        """;

    const string Files =
        $"""
        SELECT pipeline, floor(extract(epoch FROM finished_at) / $3)::bigint * $3 AS at, count(*),
            percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
            ORDER BY extract(epoch FROM finished_at - {ThroughputLedger.InPlace})::float8 * 1000)
        FROM ingest.file f WHERE file_id IN (SELECT file_id FROM ingest.batch WHERE committed_at >= $1 - interval '2 s'
            AND committed_at < $2)
            AND status = {FileStatusSql.Loaded} AND finished_at >= $1 AND finished_at < $2 AND ($4::text IS NULL OR pipeline = $4)
        GROUP BY pipeline, at
        """;

    public static async Task FillAsync(NpgsqlConnection connection, SeriesFrame frame, string? pipeline,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        { BatchCommands = { new NpgsqlBatchCommand(Sums), new NpgsqlBatchCommand(Files) } };
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Put(frame.From.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(frame.To.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(frame.Step, NpgsqlDbType.Integer);
            command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r =>
        {
            if (frame.IndexOf(r.GetInt64(1)) is { } i) SeriesStep.Set(frame.Add(r.GetString(0)), i, frame.Step, Read(r));
        }, cancellationToken);
        await reader.EachAsync(r =>
        {
            if (frame.IndexOf(r.GetInt64(1)) is not { } i) return;
            var series = frame.Add(r.GetString(0));
            series.FilesFinished[i] = r.GetInt64(2);
            var percentiles = r.GetFieldValue<double[]>(3);
            (series.LatencyP50Ms[i], series.LatencyP99Ms[i]) = (Math.Round(percentiles[0], 1), Math.Round(percentiles[1], 1));
        }, cancellationToken);
    }

    internal static SeriesStep Read(NpgsqlDataReader r) => new()
    {
        Records = r.GetInt64(2),
        Rejected = r.GetInt64(3),
        Bytes = r.GetInt64(4),
        Batches = r.GetInt64(5),
        ReadMicroseconds = r.GetInt64(6),
        WaitMicroseconds = r.GetInt64(7),
        CopyMicroseconds = r.GetInt64(8),
        CommitMicroseconds = r.GetInt64(9),
        BusyMicroseconds = r.GetInt64(10),
    };
}
