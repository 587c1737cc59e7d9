using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Keeps the ledger small: merges totals into coarser ones, and deletes details after their retention. Any process
/// may call it; one at a time works.</summary>
public sealed class RetentionLedger(NpgsqlDataSource dataSource)
{
    internal const long LockKey = 0x494E474553540002; // "INGEST", 2

    /// <summary>Maximum number of rows of each kind that one call deletes: a call is short, and the next one continues.</summary>
    public const int RowsAtOnce = 20_000;

    // statement_timestamp() throughout: clock_timestamp() is volatile, and no index is searched by a volatile value.
    const string Sums =
        "commits, batches, records, rows_loaded, rows_rejected, rows_skipped, bytes, files_finished, read_us, wait_us, "
            + "copy_us, commit_us";

    /// <summary>Runs once, in one transaction.</summary>
    /// <param name="keep">Retention by kind.</param>
    /// <param name="cancellationToken">Cancels; then nothing is done.</param>
    /// <returns>Number of rows merged or deleted; null if another node is working.</returns>
    public async Task<int?> RunAsync(RetentionOptions keep, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection)
        { Parameters = { new() { Value = LockKey } } })
        {
            if (await take.ExecuteScalarAsync(cancellationToken) is not true) return null;
        }

        await using var batch = new NpgsqlBatch(connection);
        AddFold(batch, ThroughputLedger.Step, 60, keep.TenSeconds);
        AddFold(batch, 60, 3600, keep.Minutes);
        Add(batch,
            $"""
            WITH old AS (DELETE FROM ingest.file_count
                WHERE (SELECT count(*) FROM (SELECT FROM ingest.file_count LIMIT 200) AS first) = 200 RETURNING *), past AS (
                INSERT INTO ingest.backlog_change AS b (step, bucket, pipeline, files, bytes)
                SELECT {ThroughputLedger.Step}, ingest.bucket(at, {ThroughputLedger.Step}) AS bucket, pipeline, sum(files),
                    sum(bytes)
                FROM old WHERE at > '-infinity' AND status {FileStatusSql.IsWaiting} GROUP BY bucket, pipeline
                HAVING sum(files) <> 0 OR sum(bytes) <> 0
                ON CONFLICT (step, bucket, pipeline) DO UPDATE
                    SET files = b.files + excluded.files, bytes = b.bytes + excluded.bytes
            )
            INSERT INTO ingest.file_count (pipeline, status, files, bytes)
            SELECT pipeline, status, sum(files), sum(bytes) FROM old GROUP BY pipeline, status
            HAVING sum(files) <> 0 OR sum(bytes) <> 0
            """);
        Add(batch,
            """
            WITH many AS (SELECT file_id FROM ingest.reject_count GROUP BY file_id HAVING count(*) > 1), old AS (
                DELETE FROM ingest.reject_count c USING many WHERE c.file_id = many.file_id RETURNING c.*)
            INSERT INTO ingest.reject_count
            SELECT pipeline, file_id, sum(rejects) FROM old GROUP BY pipeline, file_id HAVING sum(rejects) <> 0
            """);
        Add(batch,
            $"""
            DELETE FROM ingest.batch b USING (
                SELECT o.file_id, o.start_offset FROM ingest.batch o JOIN ingest.file f USING (file_id)
                WHERE o.committed_at < statement_timestamp() - $1 AND f.status = {FileStatusSql.Loaded}
                    AND f.finished_at < statement_timestamp() - $1
                ORDER BY o.committed_at
                LIMIT {RowsAtOnce}) old
            WHERE b.file_id = old.file_id AND b.start_offset = old.start_offset
            """, keep.Batches);
        Add(batch,
            $"""
            DELETE FROM ingest.history WHERE history_id IN (
                SELECT history_id FROM ingest.history WHERE at < statement_timestamp() - $1 ORDER BY at LIMIT {RowsAtOnce})
            """, keep.History);
        Add(batch, "DELETE FROM ingest.drift WHERE at < statement_timestamp() - $1", keep.History);
        Add(batch, "DELETE FROM ingest.alert WHERE resolved_at < statement_timestamp() - $1", keep.History);
        Add(batch,
            $"""
            DELETE FROM ingest.node n WHERE state IN ('dead', 'left') AND left_at < statement_timestamp() - $1
                AND NOT EXISTS (SELECT FROM ingest.file f WHERE f.status = {FileStatusSql.Loading} AND f.owner_node = n.node)
            """, keep.Nodes);
        var done = await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Math.Max(0, done);
    }

    /// <summary>Only whole coarse buckets, so that no reader sees half of one.</summary>
    static void AddFold(NpgsqlBatch batch, int from, int to, TimeSpan after)
    {
        Add(batch,
            $"""
            WITH old AS (DELETE FROM ingest.throughput WHERE step = {from}
                AND bucket < ingest.bucket(statement_timestamp() - $1, 3600) RETURNING *), total AS (
                INSERT INTO ingest.throughput_folded AS t (pipeline, {Sums}, last_batch, last_file)
                SELECT pipeline, {EachOf(c => $"sum({c})")}, max(bucket) FILTER (WHERE batches > 0),
                    max(bucket) FILTER (WHERE files_finished > 0)
                FROM old WHERE step = {ThroughputLedger.Step} GROUP BY pipeline
                ON CONFLICT (pipeline) DO UPDATE SET {EachOf(c => $"{c} = t.{c} + excluded.{c}")},
                    last_batch = greatest(t.last_batch, excluded.last_batch),
                        last_file = greatest(t.last_file, excluded.last_file)
            )
            INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, {Sums})
            SELECT {to}, ingest.bucket(bucket, {to}) AS coarse, pipeline, '', 0, {EachOf(c => $"sum({c})")}
            FROM old GROUP BY coarse, pipeline
            ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE SET {EachOf(c => $"{c} = t.{c} + excluded.{c}")}
            """, after);
        Add(batch,
            $"""
            WITH old AS (DELETE FROM ingest.latency WHERE step = {from}
                AND bucket < ingest.bucket(statement_timestamp() - $1, 3600) RETURNING *)
            INSERT INTO ingest.latency AS l (step, bucket, pipeline, node, lane, bin, files)
            SELECT {to}, ingest.bucket(bucket, {to}) AS coarse, pipeline, '', 0, bin, sum(files)
            FROM old GROUP BY coarse, pipeline, bin
            ON CONFLICT (step, bucket, pipeline, node, lane, bin) DO UPDATE SET files = l.files + excluded.files
            """, after);
        Add(batch,
            $"""
            WITH old AS (DELETE FROM ingest.backlog_change WHERE step = {from}
                AND bucket < ingest.bucket(statement_timestamp() - $1, 3600) RETURNING *)
            INSERT INTO ingest.backlog_change AS b (step, bucket, pipeline, files, bytes)
            SELECT {to}, ingest.bucket(bucket, {to}) AS coarse, pipeline, sum(files), sum(bytes)
            FROM old GROUP BY coarse, pipeline HAVING sum(files) <> 0 OR sum(bytes) <> 0
            ON CONFLICT (step, bucket, pipeline) DO UPDATE
                SET files = b.files + excluded.files, bytes = b.bytes + excluded.bytes
            """, after);
    }

    static void Add(NpgsqlBatch batch, string sql, TimeSpan? after = null)
    {
        var command = new NpgsqlBatchCommand(sql);
        if (after is { } span) command.Parameters.Add(new() { Value = span });
        batch.BatchCommands.Add(command);
    }

    static string EachOf(Func<string, string> expression) => string.Join(", ", Sums.Split(", ").Select(expression));
}
