using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of the totals of time ranges.</summary>
public sealed class RangeViews(NpgsqlDataSource dataSource)
{
    const string Sums =
        """
        SELECT coalesce(sum(files_finished), 0)::bigint, coalesce(sum(rows_loaded), 0)::bigint,
            coalesce(sum(rows_rejected), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
            coalesce(sum(batches), 0)::bigint, coalesce(sum(read_us), 0)::bigint, coalesce(sum(wait_us), 0)::bigint,
                coalesce(sum(copy_us), 0)::bigint,
            coalesce(sum(commit_us), 0)::bigint,
            (SELECT coalesce(sum(step), 0)::bigint FROM (SELECT DISTINCT step, bucket FROM ingest.throughput
                WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2 AND ($3::text IS NULL OR pipeline = $3)
                    AND batches > 0) a)
        FROM ingest.throughput WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2
            AND ($3::text IS NULL OR pipeline = $3)
        """;

    const string Latencies =
        """
        SELECT bin, sum(files)::bigint FROM ingest.latency
        WHERE step IN (10, 60, 3600) AND bucket >= $1 AND bucket < $2 AND ($3::text IS NULL OR pipeline = $3) GROUP BY bin
        """;

    /// <summary>The totals of a range.</summary>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    /// <param name="pipeline">Null: all of them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RangeSummary> ReadAsync(DateTimeOffset from, DateTimeOffset to, string? pipeline,
        CancellationToken cancellationToken)
    {
        // Rounded to the bucket that contains its start, so that two adjacent ranges share no bucket and miss none.
        var (start, end) = (Floor(from), Floor(to));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        { BatchCommands = { new NpgsqlBatchCommand(Sums), new NpgsqlBatchCommand(Latencies) } };
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Put(start.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(end.UtcDateTime, NpgsqlDbType.TimestampTz);
            command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        }

        var sums = new long[10];
        var bins = new LatencyBins();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.EachAsync(r =>
        {
            for (var i = 0; i < sums.Length; i++) sums[i] = r.GetInt64(i);
        }, cancellationToken);
        await reader.EachAsync(r => bins.Add(r.GetInt32(0), r.GetInt64(1)), cancellationToken);
        var busy = sums[5] + sums[6] + sums[7] + sums[8];
        return new RangeSummary
        {
            From = start,
            To = end,
            Files = sums[0],
            RowsLoaded = sums[1],
            RowsRejected = sums[2],
            Bytes = sums[3],
            Batches = sums[4],
            ActiveSeconds = sums[9],
            RowsPerSecond = busy == 0 ? null : Math.Round(sums[1] * 1e6 / busy, 1),
            LatencyP50Ms = bins.Percentile(0.5),
            LatencyP99Ms = bins.Percentile(0.99),
            ReadMs = Mean(sums[5]),
            WaitMs = Mean(sums[6]),
            CopyMs = Mean(sums[7]),
            CommitMs = Mean(sums[8]),
        };

        double? Mean(long microseconds) => sums[4] == 0 ? null : Math.Round(microseconds / 1000.0 / sums[4], 2);
    }

    static DateTimeOffset Floor(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds() / ThroughputStep * ThroughputStep);

    const int ThroughputStep = 10;
}
