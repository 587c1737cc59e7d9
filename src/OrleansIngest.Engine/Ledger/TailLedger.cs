using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's answer to the end of a followed file.</summary>
enum TailEnding
{
    /// <summary>The file has ended.</summary>
    Done,

    /// <summary>Discovery has seen a later state of the file: continue to follow it.</summary>
    Grown,

    /// <summary>The claim is not in force.</summary>
    Fenced,

    /// <summary>The batches do not cover the file.</summary>
    NotCovered,
}

/// <summary>Files that are followed while they grow (<c>tail: true</c>).</summary>
static class TailLedger
{
    /// <summary>SQL: whether a discovered state of a file belongs to a version that is being followed, or that requires an
    /// operator's decision, and is not a new version.</summary>
    /// <param name="last">Alias of the newest version of its path.</param>
    /// <param name="seen">Alias of the discovered state.</param>
    public static string IsFollowed(string last, string seen) =>
        $"""
        {last}.is_tailed AND ({last}.dev, {last}.inode) = ({seen}.dev, {seen}.inode)
            AND ({last}.status IN ({FileStatusSql.Loading}, {FileStatusSql.Ready}, {FileStatusSql.Failed})
                OR ({last}.status = {FileStatusSql.Quarantined} OR {last}.is_skipped) AND {seen}.size >= {last}.size)
        """;

    /// <summary>Records the last discovered state for the follower of a file: following does not end before it has reached that
    /// state. The parameters are those of <see cref="FileLedger.NoteFilesAsync"/>.</summary>
    public static readonly string NoteGrown =
        $"""
        UPDATE ingest.file f SET size = s.size, mtime_ns = s.mtime_ns
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS s (path, size, mtime_ns, dev, inode)
        WHERE f.pipeline = $1 AND f.path = s.path AND f.is_tailed AND (f.dev, f.inode) = (s.dev, s.inode)
            AND (f.size, f.mtime_ns) <> (s.size, s.mtime_ns)
            AND f.status IN ({FileStatusSql.Loading}, {FileStatusSql.Ready}, {FileStatusSql.Failed}) AND f.epoch > 0
        """;

    // A followed file ends at its last known size.
    const string NobodySawMore = "NOT (mtime_ns > $4 OR mtime_ns = $4 AND size > $5)";

    /// <summary>Adds the hashes that prove that a followed file is the same when it is resumed.</summary>
    public static void AddProofs(NpgsqlBatch batch, IReadOnlyList<BatchRecord> records)
    {
        foreach (var record in records)
        {
            if (record.PrefixHash is not { } hash) continue;
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand("UPDATE ingest.batch SET prefix_sha256 = $3 WHERE file_id = $1 AND start_offset = $2")
                {
                    Parameters = { new() { Value = record.FileId.Value }, new() { Value = record.StartOffset },
                    new() { Value = hash } },
                });
        }
    }

    /// <summary>The longest beginning of a followed file with a known hash.</summary>
    public static async Task<(long Length, byte[] Sha256)?> ProofAsync(
        NpgsqlDataSource dataSource, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            (SELECT end_offset, prefix_sha256 FROM ingest.batch WHERE file_id = $1 AND prefix_sha256 IS NOT NULL)
            UNION ALL
            (SELECT o.size, o.sha256 FROM ingest.file f JOIN ingest.file o ON o.file_id = f.continues
                WHERE f.file_id = $1 AND o.sha256 IS NOT NULL
                    AND EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1 AND b.start_offset = 0
                        AND b.end_offset >= o.size))
            ORDER BY 1 DESC LIMIT 1
            """);
        command.Parameters.Add(new() { Value = file.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Marks a followed file <c>loaded</c> at the end of its committed part.</summary>
    /// <param name="files">The ledger's statements on files.</param>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">Where the committed batches end.</param>
    /// <param name="sha256">Of the bytes up to there; null if unknown.</param>
    /// <param name="why"><c>idle</c>, <c>rotated</c> or <c>truncated</c>.</param>
    /// <param name="reason">Human-readable.</param>
    /// <param name="seen">The file as it was seen last; ignored for a truncated file.</param>
    /// <param name="next">The file now at its path, if that is the next version; null to leave it to discovery.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<(TailEnding Ending, FileTotals Totals)> FinishAsync(
        FileLedger files, NpgsqlDataSource dataSource, FileClaim claim, long end, byte[]? sha256, string why, string? reason,
        SeenFile seen, SeenFile? next,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(
            $"""
            UPDATE ingest.file SET size = $6, mtime_ns = CASE WHEN $8 THEN mtime_ns ELSE $4 END, seen_size = CASE WHEN NOT $8
                AND $5 <> $6 THEN $5 END,
                tail_end = $7, ready_at = clock_timestamp()
            WHERE {FileLedger.InForce} AND ($8 OR {NobodySawMore})
            """, connection))
        {
            FileLedger.AddClaim(command, claim);
            command.Parameters.Add(new() { Value = seen.ModifiedNanoseconds });
            command.Parameters.Add(new() { Value = seen.Size });
            command.Parameters.Add(new() { Value = end });
            command.Parameters.Add(new() { Value = why });
            command.Parameters.Add(new() { Value = why == "truncated" });
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
                return (await IsInForceAsync(connection, claim, cancellationToken) ? TailEnding.Grown : TailEnding.Fenced,
                    default);
        }

        if (await FileLedger.FinishAsync(connection, claim, end, PositionUnit.Byte, sha256, reason,
            cancellationToken) is not { } done)
            return (TailEnding.NotCovered, default);
        if (next is { } version) await AddVersionAsync(connection, claim, version, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        files.OnFinished?.Invoke(claim.Pipeline, done.Latency);
        return (TailEnding.Done, done.Totals);
    }

    /// <summary>Ends the claim of a file that is an already loaded one under a new name.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">Must be in force; nothing is committed.</param>
    /// <param name="other">Has the lines.</param>
    /// <param name="reason">Human-readable.</param>
    /// <param name="seen">The file as it was seen last.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<TailEnding> SkipAsync(
        NpgsqlDataSource dataSource, FileClaim claim, AppendBase other, string reason, SeenFile seen,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            WITH ended AS (
                UPDATE ingest.file f SET {FileTransitions.Repeat.Set}, reason = $6, same_as = $7, sha256 = $8, mtime_ns = $4,
                    size = $5
                WHERE {FileLedger.InForce} AND {NobodySawMore} AND NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1)
                    RETURNING pipeline, file_id
            ), noted AS (
                INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                    SELECT 'file.repeated', pipeline, file_id, $3, $6 FROM ended
            )
            SELECT count(*) FROM ended
            """, connection);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = seen.ModifiedNanoseconds });
        command.Parameters.Add(new() { Value = seen.Size });
        command.Parameters.Add(new() { Value = reason });
        command.Parameters.Add(new() { Value = other.FileId.Value });
        command.Parameters.Add(new() { Value = (object?)other.Sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        if ((long)(await command.ExecuteScalarAsync(cancellationToken))! == 1) return TailEnding.Done;
        return await IsInForceAsync(connection, claim, cancellationToken) ? TailEnding.Grown : TailEnding.Fenced;
    }

    /// <summary>Records the inode and ctime of a file whose bytes prove that it is the followed one.</summary>
    /// <returns>Whether the claim is in force.</returns>
    public static async Task<bool> AdoptAsync(NpgsqlDataSource dataSource, FileClaim claim, SeenFile now,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"UPDATE ingest.file SET dev = $4, inode = $5, ctime_ns = nullif($6, 0) WHERE {FileLedger.InForce}");
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = unchecked((long)now.Device) });
        command.Parameters.Add(new() { Value = unchecked((long)now.Inode) });
        command.Parameters.Add(new() { Value = now.ChangedNanoseconds });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>ctime of a file when discovery saw it, in nanoseconds since 1970-01-01 UTC; 0 if unknown.</summary>
    public static async Task<long> ChangeTimeAsync(NpgsqlDataSource dataSource, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT ctime_ns FROM ingest.file WHERE file_id = $1");
        command.Parameters.Add(new() { Value = file.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is long changed ? changed : 0;
    }

    /// <summary>Whether a file has a version under its path.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="pipeline">Of the file.</param>
    /// <param name="file">Its path, device and inode.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<bool> HasVersionAsync(NpgsqlDataSource dataSource, string pipeline, SeenFile file,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT EXISTS (SELECT FROM ingest.file WHERE pipeline = $1 AND path = $2 AND (dev, inode) = ($3, $4))");
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = file.Path });
        command.Parameters.Add(new() { Value = unchecked((long)file.Device) });
        command.Parameters.Add(new() { Value = unchecked((long)file.Inode) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Merges all but the last <paramref name="keep"/> batches of a followed file, so that slowly arriving lines do not
    /// each leave a row in the ledger.</summary>
    /// <returns>Number of rows merged into others.</returns>
    public static async Task<int> FoldAsync(NpgsqlDataSource dataSource, FileClaim claim, int keep,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            WITH claim AS (SELECT FROM ingest.file WHERE {FileLedger.InForce} FOR SHARE),
            latest AS (SELECT start_offset FROM ingest.batch WHERE file_id = $1 ORDER BY start_offset DESC LIMIT $4),
            early AS (
                SELECT b.* FROM ingest.batch b
                WHERE b.file_id = $1 AND EXISTS (SELECT FROM claim) AND b.start_offset < (SELECT min(start_offset) FROM latest)
                    AND b.start_offset > 0 AND b.rows_inserted IS NULL
            ), sums AS (
                SELECT min(start_offset) AS first, max(end_offset) AS last, sum(records) AS records, sum(lines) AS lines,
                    sum(rows_loaded) AS loaded,
                    sum(rows_rejected) AS rejected, sum(rows_skipped) AS skipped, sum(rows_suppressed) AS suppressed,
                        sum(read_us) AS read_us,
                    sum(wait_us) AS wait_us, sum(copy_us) AS copy_us, sum(commit_us) AS commit_us
                FROM early HAVING count(*) > 1 AND max(end_offset) - min(start_offset) = sum(end_offset - start_offset)
            ), joined AS (
                UPDATE ingest.batch b SET end_offset = s.last, records = s.records, lines = s.lines, rows_loaded = s.loaded,
                    rows_rejected = s.rejected,
                    rows_skipped = s.skipped, rows_suppressed = s.suppressed, read_us = s.read_us, wait_us = s.wait_us,
                        copy_us = s.copy_us,
                    commit_us = s.commit_us, prefix_sha256 = NULL
                FROM sums s WHERE b.file_id = $1 AND b.start_offset = s.first RETURNING s.first, s.last
            )
            DELETE FROM ingest.batch b USING joined j WHERE b.file_id = $1 AND b.start_offset > j.first
                AND b.start_offset < j.last
            """, connection);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = keep });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Number of waiting files that a node could take; at most 100.</summary>
    public static async Task<long> OthersWaitAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT count(*) FROM (SELECT FROM ingest.file f WHERE {FileStatusSql.IsDue("f")} LIMIT 100) w");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    static async Task AddVersionAsync(NpgsqlConnection connection, FileClaim claim, SeenFile next,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, ready_at)
            SELECT f.pipeline, f.path, (SELECT max(version) FROM ingest.file l WHERE l.pipeline = f.pipeline
                AND l.path = f.path) + 1,
                $2, $3, $4, $5, nullif($6, 0), {FileTransitions.Add.Into}, clock_timestamp()
            FROM ingest.file f WHERE f.file_id = $1
            ON CONFLICT DO NOTHING
            """, connection);
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = next.Size });
        command.Parameters.Add(new() { Value = next.ModifiedNanoseconds });
        command.Parameters.Add(new() { Value = unchecked((long)next.Device) });
        command.Parameters.Add(new() { Value = unchecked((long)next.Inode) });
        command.Parameters.Add(new() { Value = next.ChangedNanoseconds });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<bool> IsInForceAsync(NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM ingest.file WHERE {FileLedger.InForce})",
            connection);
        FileLedger.AddClaim(command, claim);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
