using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>What happens to a file outside the commits of its batches: seen, claimed, finished, failed, put back.</summary>
/// <remarks>A statement that changes a claimed file proves the claim's epoch, and says by its result whether it was in force.</remarks>
public sealed class FileLedger(NpgsqlDataSource dataSource)
{
    /// <summary>Called when <see cref="FinishAsync"/> has made a file <c>loaded</c>: pipeline, and time since it was in place. Default: nothing.</summary>
    public Action<string, TimeSpan>? OnFinished { get; init; }

    internal const string InForce = "file_id = $1 AND epoch = $2 AND owner_node = $3 AND status = 'loading'";

    /// <summary>Notes a pipeline and its configuration.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="configJson">The configuration as JSON, for the monitor.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task NotePipelineAsync(string pipeline, string configJson, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ($1, $2::jsonb)
            ON CONFLICT (name) DO UPDATE SET config = excluded.config, updated_at = now() WHERE pipeline.config <> excluded.config
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = configJson });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The newest version of every file that needs no second look: discovery starts from these. Files that were settling, passed over or gone
    /// are left out, so that they are news again; those whose content was loaded already are not.</summary>
    public async Task<IReadOnlyList<SeenFile>> KnownFilesAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT path, size, mtime_ns, dev, inode, coalesce(ctime_ns, 0) FROM (
                SELECT DISTINCT ON (path) path, size, mtime_ns, dev, inode, ctime_ns, status, is_skipped, same_as
                FROM ingest.file WHERE pipeline = $1 ORDER BY path, version DESC) newest
            WHERE status NOT IN ('discovered', 'ignored', 'vanished') OR is_skipped OR status = 'ignored' AND same_as IS NOT NULL
            """);
        command.Parameters.Add(new() { Value = pipeline });
        var known = new List<SeenFile>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) known.Add(ReadFile(reader, 0) with { ChangedNanoseconds = reader.GetInt64(5) });
        return known;
    }

    /// <summary>Notes what discovery saw. A file that is the newest known version (path, size and mtime) changes its state only while it waits;
    /// a file that changed while it waited is updated; one that changed after it was claimed becomes a new version.</summary>
    /// <returns>How many rows are new or changed.</returns>
    public async Task<int> NoteFilesAsync(string pipeline, IReadOnlyList<SeenFile> files, string status, string? reason, CancellationToken cancellationToken)
    {
        if (files.Count == 0) return 0;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            UPDATE ingest.file f SET size = s.size, mtime_ns = s.mtime_ns, dev = s.dev, inode = s.inode, ctime_ns = nullif(s.ctime_ns, 0), status = $7, reason = $8,
                ready_at = CASE WHEN $7 = 'ready' THEN clock_timestamp() END, same_as = NULL, sha256 = NULL,
                is_forced = f.is_forced AND (f.size, f.mtime_ns) = (s.size, s.mtime_ns)
            FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $9::bigint[]) AS s (path, size, mtime_ns, dev, inode, ctime_ns)
            WHERE f.pipeline = $1 AND f.path = s.path AND NOT f.is_skipped AND (f.status IN ('discovered', 'ignored', 'vanished') OR f.epoch = 0 AND f.status = 'ready')
                AND NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id AND (f.size, f.mtime_ns) IS DISTINCT FROM (s.size, s.mtime_ns))
                AND f.version = (SELECT max(version) FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path)
                AND (f.size, f.mtime_ns, f.status) IS DISTINCT FROM (s.size, s.mtime_ns, $7)
                AND NOT (f.status = 'ignored' AND f.same_as IS NOT NULL AND (f.size, f.mtime_ns) = (s.size, s.mtime_ns))
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, reason, ready_at)
            SELECT $1, s.path, coalesce(last.version, 0) + 1, s.size, s.mtime_ns, s.dev, s.inode, nullif(s.ctime_ns, 0), $7, $8,
                CASE WHEN $7 = 'ready' THEN clock_timestamp() END
            FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $9::bigint[])
                WITH ORDINALITY AS s (path, size, mtime_ns, dev, inode, ctime_ns, n)
            LEFT JOIN LATERAL (SELECT version, size, mtime_ns FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path
                ORDER BY version DESC LIMIT 1) last ON true
            WHERE last.version IS NULL OR (last.size, last.mtime_ns) <> (s.size, s.mtime_ns)
            ORDER BY s.n
            ON CONFLICT DO NOTHING
            """));
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            command.Parameters.Add(new() { Value = pipeline });
            command.Parameters.Add(new() { Value = files.Select(f => f.Path).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(Longs(files.Select(f => f.Size)));
            command.Parameters.Add(Longs(files.Select(f => f.ModifiedNanoseconds)));
            command.Parameters.Add(Longs(files.Select(f => unchecked((long)f.Device))));
            command.Parameters.Add(Longs(files.Select(f => unchecked((long)f.Inode))));
            command.Parameters.Add(new() { Value = status });
            command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(Longs(files.Select(f => f.ChangedNanoseconds)));
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Files that the ledger holds for settling and that discovery does not wait for (their claim ended because they had changed, and discovery
    /// had told of the change before): they have to be looked at again. A version that a newer one has overtaken is closed.</summary>
    public async Task<IReadOnlyList<string>> OverdueAsync(string pipeline, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH overdue AS (
                SELECT f.file_id, f.path, EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = f.path AND l.version > f.version) AS overtaken
                FROM ingest.file f WHERE f.pipeline = $1 AND f.status = 'discovered' AND f.path <> ALL ($2)
            ), closed AS (
                UPDATE ingest.file f SET status = 'vanished', reason = 'changed before it was loaded; a newer version stands for it', finished_at = clock_timestamp()
                FROM overdue o WHERE f.file_id = o.file_id AND o.overtaken
            )
            SELECT path FROM overdue WHERE NOT overtaken
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = waiting.ToArray() });
        var paths = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) paths.Add(reader.GetString(0));
        return paths;
    }

    /// <summary>Claims up to <paramref name="limit"/> waiting files for a node, oldest first, and returns what is committed of them already.</summary>
    /// <param name="pipeline">Whose files.</param>
    /// <param name="owner">Who may load them; gets none when it is draining, gone or dead.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="only">Only these files; null for any.</param>
    /// <param name="cancellationToken">Cancels; a claim that was committed meanwhile is left to its owner's death.</param>
    public async Task<IReadOnlyList<FileClaim>> ClaimAsync(
        string pipeline, NodeId owner, int limit, IReadOnlyList<FileId>? only, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var claims = new List<FileClaim>();
        await using (var command = new NpgsqlCommand(
            """
            -- Locked, so that a node that is just leaving either sees the claim and gives it back, or does not get it.
            WITH owner AS (SELECT state FROM ingest.node WHERE node = $2 FOR SHARE)
            UPDATE ingest.file f SET epoch = f.epoch + 1, owner_node = $2, status = 'loading', reason = NULL,
                claimed_at = clock_timestamp(), started_at = coalesce(f.started_at, clock_timestamp())
            FROM (SELECT file_id FROM ingest.file
                  WHERE pipeline = $1 AND status IN ('discovered', 'ready', 'failed')
                      AND (status = 'ready' AND next_attempt_at IS NULL OR status IN ('ready', 'failed') AND next_attempt_at <= clock_timestamp())
                      AND ($4::bigint[] IS NULL OR file_id = ANY ($4))
                      AND (owner_deaths < 2 OR file_id = (
                          -- Two owners died of it, or beside it: such files are loaded one at a time, so that only the guilty one goes on killing.
                          SELECT s.file_id FROM ingest.file s
                          WHERE s.pipeline = $1 AND s.owner_deaths >= 2 AND s.status IN ('discovered', 'ready', 'failed')
                              AND (s.status = 'ready' AND s.next_attempt_at IS NULL OR s.status IN ('ready', 'failed') AND s.next_attempt_at <= clock_timestamp())
                              AND ($4::bigint[] IS NULL OR s.file_id = ANY ($4))
                              AND NOT EXISTS (SELECT FROM ingest.file l WHERE l.status = 'loading' AND l.owner_node = $2 AND l.owner_deaths >= 2)
                          ORDER BY s.owner_deaths, s.mtime_ns, s.file_id LIMIT 1))
                  ORDER BY mtime_ns, file_id LIMIT $3 FOR UPDATE SKIP LOCKED) w
            WHERE f.file_id = w.file_id AND NOT EXISTS (SELECT FROM owner WHERE state <> 'alive')
            RETURNING f.path, f.size, f.mtime_ns, f.dev, f.inode, f.file_id, f.epoch, f.attempts, f.is_forced,
                CASE WHEN f.version > 1 AND NOT f.is_forced THEN (
                    SELECT CASE WHEN l.size = f.size THEN l.file_id END FROM ingest.file l
                    WHERE l.pipeline = f.pipeline AND l.path = f.path AND l.version < f.version AND l.status = 'loaded' ORDER BY l.version DESC LIMIT 1) END,
                f.position_unit, f.end_position, NULL::bigint, f.version
            """, connection))
        {
            command.Parameters.Add(new() { Value = pipeline });
            command.Parameters.Add(new() { Value = owner.Value });
            command.Parameters.Add(new() { Value = limit });
            command.Parameters.Add(new()
            {
                Value = (object?)only?.Select(f => f.Value).ToArray() ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                claims.Add(new FileClaim
                {
                    FileId = new FileId(reader.GetInt64(5)),
                    Pipeline = pipeline,
                    File = ReadFile(reader, 0),
                    Epoch = reader.GetInt32(6),
                    Owner = owner,
                    Attempts = reader.GetInt32(7),
                    IsForced = reader.GetBoolean(8),
                    Earlier = reader.IsDBNull(9) ? null : new FileId(reader.GetInt64(9)),
                    Version = reader.GetInt32(13),
                    Unit = PositionUnits.Parse(reader.GetString(10)),
                    EndPosition = reader.IsDBNull(11) ? null : reader.GetInt64(11),
                    Committed = [],
                });
            }
        }

        // A second statement, so that it sees what the claim had to wait for.
        var again = claims.Where(c => c.Epoch > 1).Select(c => c.FileId).ToArray();
        var ledger = new LedgerReader(connection);
        var committed = await ledger.CommittedAsync(again, cancellationToken);
        var restarts = await ledger.RestartPointsAsync(
            [.. claims.Where(c => c.Unit != PositionUnit.Byte && committed.ContainsKey(c.FileId)).Select(c => c.FileId)], committed, cancellationToken);
        return [.. claims.Select(c => committed.TryGetValue(c.FileId, out var done) ? c with { Committed = done } : c)
            .Select(c => restarts.TryGetValue(c.FileId, out var points) ? c with { RestartPoints = points } : c)
            .OrderBy(c => c.File.ModifiedNanoseconds).ThenBy(c => c.FileId)];
    }

    /// <summary>Notes what opening the input of a claim told of it (<see cref="InputNote"/>).</summary>
    /// <returns>False when the claim is not in force, or positions of another unit are committed.</returns>
    public Task<bool> NoteInputAsync(FileClaim claim, InputNote note, CancellationToken cancellationToken) =>
        InputNoteLedger.WriteAsync(dataSource, claim, note, cancellationToken);

    /// <summary>Makes a file <c>loaded</c> when its batches go from 0 to its end without gap or overlap, and takes the totals from them (G1).</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">Where the input ends, in <paramref name="unit"/>: where bytes count as stored, no file ends anywhere else than at its size.</param>
    /// <param name="unit">What its positions count; what was noted before its first batch (<see cref="NoteInputAsync"/>), where it has any.</param>
    /// <param name="sha256">Of the bytes as stored; null when nobody knows it.</param>
    /// <param name="reason">For people: what is remarkable about a loaded file; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The totals, or null when the claim is not in force or the batches do not cover the file.</returns>
    public async Task<FileTotals?> FinishAsync(
        FileClaim claim, long end, PositionUnit unit, byte[]? sha256, string? reason, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH ranges AS (
                SELECT start_offset, end_offset, lag(end_offset, 1, 0::bigint) OVER (ORDER BY start_offset) AS previous,
                    records, rows_loaded, rows_rejected, rows_skipped, rows_suppressed
                FROM ingest.batch WHERE file_id = $1
            ), totals AS (
                SELECT count(*) AS batches, coalesce(max(end_offset), 0) AS last_end, coalesce(sum(records), 0)::bigint AS records,
                    coalesce(sum(rows_loaded), 0)::bigint AS loaded, coalesce(sum(rows_rejected), 0)::bigint AS rejected,
                    coalesce(sum(rows_skipped), 0)::bigint AS skipped, coalesce(sum(rows_suppressed), 0)::bigint AS suppressed,
                    coalesce(bool_and(start_offset = previous), true) AS seamless
                FROM ranges
            ), done AS (
                UPDATE ingest.file f SET status = 'loaded', reason = $5, error = NULL, next_attempt_at = NULL, finished_at = clock_timestamp(), sha256 = $4, same_as = ingest.same_content(f.pipeline, f.size, $4),
                    bytes_read = size, records_read = records, rows_loaded = loaded, rows_rejected = rejected, rows_skipped = skipped,
                    rows_suppressed = suppressed, position_unit = $7, end_position = $6
                FROM totals WHERE {InForce} AND seamless AND last_end = $6 AND records = loaded + rejected + skipped
                    AND (batches = 0 OR f.position_unit = $7) AND ($7 <> 'byte' OR f.size = $6)
                RETURNING f.pipeline, f.rows_loaded, f.rows_rejected, f.rows_skipped, CASE WHEN f.position_unit = 'byte' THEN 0 ELSE f.size END AS bytes,
                    {ThroughputLedger.Latency}
            ), {ThroughputLedger.Latencies("$3", $"{ThroughputLedger.NoLane}")}, {ThroughputLedger.Finished("$3")}
            SELECT rows_loaded, rows_rejected, rows_skipped, extract(epoch FROM latency)::double precision FROM done
            """);
        AddClaim(command, claim);
        command.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = end });
        command.Parameters.Add(new() { Value = unit.ToWord() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        OnFinished?.Invoke(claim.Pipeline, TimeSpan.FromSeconds(reader.GetDouble(3)));
        return new FileTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Ends a claim in another state than <c>loaded</c>.</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="end">What becomes of the file.</param>
    /// <param name="reason">For people; kept in the ledger and in its history when the file is quarantined.</param>
    /// <param name="retryAfter">For <see cref="ClaimEnd.Failed"/> and <see cref="ClaimEnd.Released"/>: the wait before the next claim; zero for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the claim was in force.</returns>
    public async Task<bool> EndClaimAsync(FileClaim claim, ClaimEnd end, string? reason, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (end == ClaimEnd.Quarantined) reason = await PartialLoad.AddToAsync(reason, connection, claim, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            WITH ended AS (
                UPDATE ingest.file SET status = $4, reason = $5, error = CASE WHEN $6 THEN $5 ELSE error END,
                    attempts = attempts + $6::integer, next_attempt_at = CASE WHEN $7 > interval '0' THEN clock_timestamp() + $7 END,
                    finished_at = CASE WHEN $4 IN ('quarantined', 'vanished', 'ignored') THEN clock_timestamp() END,
                    ready_at = CASE WHEN $4 = 'discovered' THEN NULL ELSE ready_at END
                WHERE {InForce} RETURNING pipeline, file_id
            ), noted AS (
                INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                SELECT 'file.' || $4, pipeline, file_id, $3, $5 FROM ended WHERE $4 IN ('quarantined', 'vanished')
            )
            SELECT count(*) FROM ended
            """, connection);
        AddClaim(command, claim);
        command.Parameters.Add(new() { Value = end.ToStatus() });
        command.Parameters.Add(new() { Value = (object?)reason?.Replace('\0', '\uFFFD') ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = end is ClaimEnd.Failed or ClaimEnd.Quarantined });
        command.Parameters.Add(new() { Value = retryAfter });
        var ended = (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>The newest version of each path that the ledger knows.</summary>
    public async Task<IReadOnlyList<FileState>> StatesAsync(string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT DISTINCT ON (path) file_id, path, status, coalesce(reason, error), size, rows_loaded, rows_rejected, rows_skipped, same_as, columns_note::text,
                rows_suppressed
            FROM ingest.file WHERE pipeline = $1 AND path = ANY ($2) ORDER BY path, version DESC
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        return await FileState.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>Makes failed files ready at once, instead of at their next attempt.</summary>
    public async Task MakeReadyAsync(IReadOnlyList<FileId> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0) return;
        await using var command = dataSource.CreateCommand(
            "UPDATE ingest.file SET status = 'ready', next_attempt_at = NULL WHERE file_id = ANY ($1) AND status = 'failed'");
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Marks waiting files whose path is gone.</summary>
    public async Task NoteVanishedAsync(string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0) return;
        await using var command = dataSource.CreateCommand(
            """
            UPDATE ingest.file SET status = 'vanished', reason = 'the file is gone', finished_at = clock_timestamp()
            WHERE pipeline = $1 AND path = ANY ($2) AND status IN ('discovered', 'ready', 'failed', 'ignored') AND NOT is_skipped
                AND NOT (status = 'ignored' AND same_as IS NOT NULL)
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static SeenFile ReadFile(NpgsqlDataReader reader, int first) => new(
        reader.GetString(first), reader.GetInt64(first + 1), reader.GetInt64(first + 2),
        unchecked((ulong)reader.GetInt64(first + 3)), unchecked((ulong)reader.GetInt64(first + 4)));

    internal static void AddClaim(NpgsqlCommand command, FileClaim claim)
    {
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = claim.Owner.Value });
    }

    static NpgsqlParameter Longs(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
