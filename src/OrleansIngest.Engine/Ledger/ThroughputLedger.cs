using System.Text;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Counts what a transaction commits, by pipeline and time, in that transaction, so that the sums always agree with the
/// ledger.</summary>
static class ThroughputLedger
{
    /// <summary>Length of the current bucket in seconds; older ones are merged into coarser ones.</summary>
    public const int Step = 10;

    /// <summary>The lane of files that are finished outside the lanes.</summary>
    public const int NoLane = 0;

    /// <summary>A <c>WITH</c> item that counts the latency of each row of an item <c>done (pipeline, latency)</c>.</summary>
    public static string Latencies(string node, string lane) =>
        $"""
        latencies AS (
            INSERT INTO ingest.latency AS l (step, bucket, pipeline, node, lane, bin, files)
            SELECT {Step}, ingest.bucket(statement_timestamp(), {Step}), pipeline, {node}, {lane},
                ingest.latency_bin(latency) AS bin, count(*)
            FROM done GROUP BY pipeline, bin
            ON CONFLICT (step, bucket, pipeline, node, lane, bin) DO UPDATE SET files = l.files + excluded.files
        )
        """;

    /// <summary>A <c>WITH</c> item that counts the rows of an item <c>done (pipeline, bytes)</c>: files that are finished, each
    /// with the bytes not counted by any batch.</summary>
    public static string Finished(string node, string lane) =>
        $"""
        counted AS (
            INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, bytes, files_finished)
            SELECT {Step}, ingest.bucket(statement_timestamp(), {Step}), pipeline, {node}, {lane}, sum(bytes), count(*)
            FROM done GROUP BY pipeline
            ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE
                SET bytes = t.bytes + excluded.bytes, files_finished = t.files_finished + excluded.files_finished
        )
        """;

    /// <summary>The expression that an update of <c>ingest.file f</c> to <c>loaded</c> returns as <c>latency</c>.</summary>
    public const string Latency = $"f.finished_at - {InPlace} AS latency";

    /// <summary>The time from which the latency of <c>ingest.file f</c> counts. A file became ready again after its first claim
    /// if an operator retried it, or if it is tailed and has grown: the time in quarantine is not latency.</summary>
    public const string InPlace =
        "ingest.in_place(f.mtime_ns, CASE WHEN f.change_held OR f.ready_at > f.started_at THEN f.ready_at "
            + "ELSE f.discovered_at END, f.finished_at)";

    // Rows of this node and lane only: no other transaction waits for them.
    static readonly string Count =
        $"""
        WITH done AS (
            UPDATE ingest.file f SET {FileTransitions.Finish.Set}, reason = NULL, bytes_read = f.size,
                records_read = b.records, rows_loaded = b.loaded, rows_rejected = b.rejected, rows_skipped = b.skipped,
                sha256 = b.sha256, rows_suppressed = b.suppressed, rows_inserted = b.inserted, rows_updated = b.updated,
                rows_unchanged = b.loaded - b.inserted - b.updated, same_as = {ContentLedger.SameAs("b.sha256")},
                position_unit = b.unit, end_position = b.ending, layout = coalesce(ingest.readable(b.layout)::jsonb, f.layout)
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[],
                $21::bigint[], $22::text[],
                    $23::bytea[], $24::bigint[], $25::bigint[])
                AS b (file_id, ending, records, loaded, rejected, skipped, sha256, suppressed, unit, layout, inserted, updated)
            WHERE f.file_id = b.file_id AND (b.unit <> 'byte' OR f.size = b.ending)
            RETURNING {FinishedFile.Returned}
        ), {Latencies("$8", "$9")}, counted AS (
            INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded,
                rows_rejected, rows_skipped, bytes,
                read_us, wait_us, copy_us, commit_us, files_finished)
            SELECT {Step}, ingest.bucket(statement_timestamp(), {Step}), b.pipeline, $8, $9, 1, b.batches, b.records, b.loaded,
                b.rejected, b.skipped, b.bytes,
                b.read_us, b.wait_us, b.copy_us, b.commit_us, (SELECT count(*) FROM done d WHERE d.pipeline = b.pipeline)
            FROM unnest($10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
                $17::bigint[], $18::bigint[],
                $19::bigint[], $20::bigint[]) AS b (pipeline, batches, records, loaded, rejected, skipped, bytes, read_us,
                    wait_us, copy_us, commit_us)
            ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE
                SET commits = t.commits + 1, batches = t.batches + excluded.batches,
                records = t.records + excluded.records, rows_loaded = t.rows_loaded + excluded.rows_loaded,
                rows_rejected = t.rows_rejected + excluded.rows_rejected, rows_skipped = t.rows_skipped + excluded.rows_skipped,
                bytes = t.bytes + excluded.bytes, read_us = t.read_us + excluded.read_us, wait_us = t.wait_us + excluded.wait_us,
                copy_us = t.copy_us + excluded.copy_us, commit_us = t.commit_us + excluded.commit_us,
                files_finished = t.files_finished + excluded.files_finished
        )
        {FinishedFile.Select}
        """;

    /// <summary>Adds one command that finishes the files that consist of one batch, and counts files and batches; it returns
    /// each as a <see cref="FinishedFile"/>.</summary>
    public static void AddCounts(NpgsqlBatch batch, NodeId node, int lane, IReadOnlyList<BatchRecord> records)
    {
        var whole = records.Where(r => r.WholeFileHash is not null).ToArray();
        var sums = Sum(records);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Count)
        {
            Parameters =
            {
                Longs(whole, r => r.FileId.Value), Longs(whole, r => r.EndOffset), Longs(whole, r => r.Records),
                Longs(whole, r => r.RowsLoaded), Longs(whole, r => r.RowsRejected), Longs(whole, r => r.RowsSkipped),
                new() { Value = whole.Select(r => r.WholeFileHash!).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = node.Value }, new() { Value = lane },
                new() { Value = sums.Select(s => s.Pipeline).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                Longs(sums, s => s.Batches), Longs(sums, s => s.Records), Longs(sums, s => s.Loaded),
                Longs(sums, s => s.Rejected),
                Longs(sums, s => s.Skipped), Longs(sums, s => s.Bytes), Longs(sums, s => s.Read), Longs(sums, s => s.Wait),
                Longs(sums, s => s.Copy), Longs(sums, s => s.Commit), Longs(whole, r => r.RowsSuppressed),
                new() { Value = whole.Select(r => r.Unit.ToName()).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new()
                {
                    Value = whole.Select(r => r.Layout is null ? null : Encoding.UTF8.GetBytes(r.Layout)).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
                },
                Optional(whole.Select(r => r.RowsInserted)), Optional(whole.Select(r => r.RowsUpdated)),
            },
        });
    }

    static List<Sums> Sum(IReadOnlyList<BatchRecord> records)
    {
        var all = new List<Sums>(1);
        foreach (var record in records)
        {
            var sums = all.Find(s => s.Pipeline == record.Pipeline);
            if (sums is null) all.Add(sums = new Sums(record.Pipeline));
            sums.Batches++;
            sums.Records += record.Records;
            sums.Loaded += record.RowsLoaded;
            sums.Rejected += record.RowsRejected;
            sums.Skipped += record.RowsSkipped;
            sums.Bytes += record.StoredBytes;
            sums.Read += record.ReadMicroseconds;
            sums.Wait += record.WaitMicroseconds;
            sums.Copy += record.CopyMicroseconds;
            sums.Commit += record.CommitMicroseconds;
        }

        return all;
    }

    static NpgsqlParameter Longs<T>(IReadOnlyList<T> rows, Func<T, long> value) =>
        new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    static NpgsqlParameter Optional(IEnumerable<long?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    sealed class Sums(string pipeline)
    {
        public readonly string Pipeline = pipeline;
        public long Batches, Records, Loaded, Rejected, Skipped, Bytes, Read, Wait, Copy, Commit;
    }
}
