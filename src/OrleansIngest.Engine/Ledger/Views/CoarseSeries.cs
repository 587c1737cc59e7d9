using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Series in steps of 10 s or more, from the sums that commits maintain.</summary>
static class CoarseSeries
{
    const string Sums =
        """
        SELECT pipeline, date_part('epoch', bucket)::bigint / $3 * $3 AS at, sum(records)::bigint, sum(rows_rejected)::bigint,
            sum(bytes)::bigint,
            sum(batches)::bigint, sum(files_finished)::bigint, sum(read_us)::bigint, sum(wait_us)::bigint, sum(copy_us)::bigint,
                sum(commit_us)::bigint,
            sum(commits)::bigint
        FROM ingest.throughput
        WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2 AND ($4::text IS NULL OR pipeline = $4)
            GROUP BY pipeline, at
        """;

    const string Latencies =
        """
        SELECT pipeline, date_part('epoch', bucket)::bigint / $3 * $3 AS at, bin, sum(files)::bigint FROM ingest.latency
        WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2 AND ($4::text IS NULL OR pipeline = $4)
            GROUP BY pipeline, at, bin ORDER BY pipeline, at
        """;

    public static async Task FillAsync(NpgsqlConnection connection, SeriesFrame frame, string? pipeline,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        { BatchCommands = { new NpgsqlBatchCommand(Sums), new NpgsqlBatchCommand(Latencies) } };
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Put(frame.From.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(frame.To.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(frame.Step, NpgsqlDbType.Integer);
            command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        }

        var bins = new Dictionary<(string, int), LatencyBins>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r =>
        {
            if (frame.IndexOf(r.GetInt64(1)) is not { } i) return;
            SeriesStep.Set(frame.Add(r.GetString(0)), i, frame.Step, new SeriesStep
            {
                Records = r.GetInt64(2),
                Rejected = r.GetInt64(3),
                Bytes = r.GetInt64(4),
                Batches = r.GetInt64(5),
                Files = r.GetInt64(6),
                ReadMicroseconds = r.GetInt64(7),
                WaitMicroseconds = r.GetInt64(8),
                CopyMicroseconds = r.GetInt64(9),
                CommitMicroseconds = r.GetInt64(10),
                BusyMicroseconds = Busy(r.GetInt64(5), r.GetInt64(7), r.GetInt64(9) + r.GetInt64(10), r.GetInt64(11), frame.Step),
            });
        }, cancellationToken);
        await reader.EachAsync(r =>
        {
            if (frame.IndexOf(r.GetInt64(1)) is not { } i) return;
            var key = (r.GetString(0), i);
            if (!bins.TryGetValue(key, out var histogram)) bins.Add(key, histogram = new LatencyBins());
            histogram.Add(r.GetInt32(2), r.GetInt64(3));
        }, cancellationToken);
        foreach (var ((name, i), histogram) in bins)
        {
            var series = frame.Add(name);
            series.LatencyP50Ms[i] = histogram.Percentile(0.5);
            series.LatencyP99Ms[i] = histogram.Percentile(0.99);
        }
    }

    /// <summary>An estimate, never more than the step: reading and committing overlap, and the time of a commit is counted in
    /// each batch of its group.</summary>
    static long Busy(long batches, long readMicroseconds, long commitMicroseconds, long commits, int step) =>
        batches == 0 ? 0 : Math.Min(step * 1_000_000L,
            Math.Max(readMicroseconds, (long)(commitMicroseconds * Math.Min(1, commits / (double)batches))));
}
