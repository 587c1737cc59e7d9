using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Discovery's reports about files. Members of archives are not in a directory, so none of this applies to them, except
/// that they vanish and return with their archive.</summary>
public sealed partial class FileLedger
{
    /// <summary>Records discovered files. A file that is the newest known version (path, size and mtime) changes its state only
    /// while it waits; a file that changed while it waited is updated; one that changed after it was claimed becomes a new
    /// version. Members of an archive that is unchanged since it was expanded are ready again.</summary>
    /// <param name="pipeline">Their pipeline.</param>
    /// <param name="files">The files as seen.</param>
    /// <param name="status"><c>discovered</c>, <c>ready</c> or <c>ignored</c> (<see cref="FileTransitions.Appear"/>).</param>
    /// <param name="reason">Human-readable; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Number of new or changed rows.</returns>
    public async Task<int> NoteFilesAsync(string pipeline, IReadOnlyList<SeenFile> files, string status, string? reason,
        CancellationToken cancellationToken)
    {
        if (files.Count == 0) return 0;
        _floors.Lower(pipeline, files.Min(f => f.ModifiedNanoseconds));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var added = await NoteAsync([AddNew]);
        if (added == files.Count) return added;
        List<string> statements = [];
        if (Tails?.Invoke(pipeline) == true) statements.Add(TailLedger.NoteGrown);
        statements.AddRange([UpdateSeen, AddSeen]);
        if (FileStatusNames.Parse(status) == FileStatus.Ready) statements.Add(ReturnMembers);
        return added + await NoteAsync(statements);

        async Task<int> NoteAsync(IReadOnlyList<string> statements)
        {
            await using var batch = KeptPlans.OfLookups(connection);
            foreach (var statement in statements)
            {
                var command = new NpgsqlBatchCommand(statement);
                AddSeenFiles(command.Parameters, pipeline, files, status, reason);
                batch.BatchCommands.Add(command);
            }

            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    static void AddSeenFiles(NpgsqlParameterCollection parameters, string pipeline, IReadOnlyList<SeenFile> files, string status,
        string? reason)
    {
        parameters.Add(new() { Value = pipeline });
        parameters.Add(new()
        {
            Value = files.Select(f => f.Path).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text
        });
        parameters.Add(Longs(files.Select(f => f.Size)));
        parameters.Add(Longs(files.Select(f => f.ModifiedNanoseconds)));
        parameters.Add(Longs(files.Select(f => unchecked((long)f.Device))));
        parameters.Add(Longs(files.Select(f => unchecked((long)f.Inode))));
        parameters.Add(new() { Value = status });
        parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(Longs(files.Select(f => f.ChangedNanoseconds)));
    }

    /// <summary>The seen files of which a condition holds, as rows of the ledger.</summary>
    /// <param name="version">SQL, as the others; the seen files are <c>s</c>.</param>
    /// <param name="where">Joins, and the condition.</param>
    static string Add(string version, string where) =>
        $"""
        INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, reason, ready_at)
        SELECT $1, s.path, {version}, s.size, s.mtime_ns, s.dev, s.inode, nullif(s.ctime_ns, 0), $7, $8,
            CASE WHEN $7 = {FileStatusSql.Ready} THEN clock_timestamp() END
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $9::bigint[])
            WITH ORDINALITY AS s (path, size, mtime_ns, dev, inode, ctime_ns, n)
        {where}
        ORDER BY s.n
        ON CONFLICT DO NOTHING
        """;

    // Nearly always these are all of the files, and then the statements that look at known ones need not run.
    static readonly string AddNew = Add(
        "1", "WHERE NOT EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path)");

    static readonly string UpdateSeen =
        $"""
        UPDATE ingest.file f SET size = s.size, mtime_ns = s.mtime_ns, dev = s.dev, inode = s.inode,
            ctime_ns = nullif(s.ctime_ns, 0),
            {FileTransitions.Reappear.SetTo("$7")}, reason = $8,
            ready_at = CASE WHEN $7 = {FileStatusSql.Ready} THEN clock_timestamp() END, same_as = NULL, sha256 = NULL,
            is_forced = f.is_forced AND (f.size, f.mtime_ns) = (s.size, s.mtime_ns)
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $9::bigint[]) AS s (path, size, mtime_ns,
            dev, inode, ctime_ns)
        WHERE f.pipeline = $1 AND f.path = s.path AND f.parent_id IS NULL AND NOT f.is_skipped
            AND {FileTransitions.Reappear.IsAllowed} AND (f.status <> {FileStatusSql.Ready} OR f.epoch = 0)
            AND NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id AND (f.size, f.mtime_ns) IS DISTINCT
                FROM (s.size, s.mtime_ns))
            AND f.version = (SELECT max(version) FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path)
            AND (f.size, f.mtime_ns, f.status) IS DISTINCT FROM (s.size, s.mtime_ns, $7)
            AND NOT (f.status = {FileStatusSql.Ignored} AND f.same_as IS NOT NULL AND (f.size, f.mtime_ns) = (s.size, s.mtime_ns))
        """;

    // A directory may have the same path as a member of an archive; the file in it is still a separate file.
    static readonly string AddSeen = Add(
        "coalesce(last.version, 0) + 1",
        $"""
        LEFT JOIN LATERAL (SELECT file_id, version, coalesce(seen_size, size) AS size, mtime_ns, parent_id, status, is_tailed,
            is_skipped, dev, inode FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path
            ORDER BY version DESC LIMIT 1) last ON true
        WHERE last.version IS NULL OR NOT ({TailLedger.IsFollowed("last", "s")}) AND CASE
            WHEN last.parent_id IS NULL THEN (last.size, last.mtime_ns) <> (s.size, s.mtime_ns)
                OR {DisposalLedger.IsDisposed("last")}
            ELSE NOT EXISTS (SELECT FROM (SELECT size, mtime_ns FROM ingest.file l WHERE l.pipeline = $1 AND l.path = s.path
                AND l.parent_id IS NULL
                ORDER BY version DESC LIMIT 1) own WHERE (own.size, own.mtime_ns) = (s.size, s.mtime_ns)) END
        """);

    // Nearly always there are none, which costs one probe of a small index.
    static readonly string ReturnMembers =
        $"""
        UPDATE ingest.file f SET {FileTransitions.Return.Set}
        FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS s (path, size, mtime_ns)
        JOIN ingest.file a ON a.pipeline = $1 AND a.path = s.path AND (a.size, a.mtime_ns) = (s.size, s.mtime_ns)
            AND a.parent_id IS NULL
        WHERE (SELECT EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = $1 AND f.parent_id IS NOT NULL
            AND {FileTransitions.Return.IsAllowed}))
            AND f.parent_id = a.file_id AND f.parent_id IS NOT NULL AND f.pipeline = $1 AND {FileTransitions.Return.IsAllowed}
            AND NOT EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = a.path AND l.version > a.version)
            AND NOT EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = f.path AND l.version > f.version)
        """;

    /// <summary>Files that are settling in the ledger, but for which discovery does not wait (their claim ended because they had
    /// changed, and discovery had reported the change before): they must be examined again, and for a member its archive. A
    /// version that a newer one of the file or its archive has superseded is closed.</summary>
    public async Task<IReadOnlyList<string>> OverdueAsync(
        string pipeline, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH unsettled AS (
                SELECT f.file_id, f.path, f.version, f.parent_id,
                    CASE WHEN f.parent_id IS NULL THEN f.path
                        ELSE (SELECT a.path FROM ingest.file a WHERE a.file_id = f.parent_id) END AS listed
                FROM ingest.file f WHERE f.pipeline = $1 AND {FileTransitions.Overtake.IsAllowed}
            ), overdue AS (
                SELECT u.file_id, u.listed,
                    EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = u.path AND l.version > u.version)
                    OR u.parent_id IS NOT NULL AND EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = u.listed
                        AND l.version > (
                        SELECT a.version FROM ingest.file a WHERE a.file_id = u.parent_id)) AS overtaken
                FROM unsettled u WHERE u.listed <> ALL ($2)
            ), closed AS (
                UPDATE ingest.file f SET {FileTransitions.Overtake.Set},
                    reason = 'changed before it was loaded; a newer version replaces it'
                FROM overdue o WHERE f.file_id = o.file_id AND o.overtaken AND {FileTransitions.Overtake.IsAllowed}
            )
            SELECT DISTINCT listed FROM overdue WHERE NOT overtaken
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = waiting.ToArray() });
        var paths = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) paths.Add(reader.GetString(0));
        return paths;
    }

    /// <summary>Marks waiting files whose path is gone as vanished. Members of a vanished archive are detected by their claims,
    /// and so are files of which something is loaded: what is missing of them must be said, and only a claim finds out how
    /// much.</summary>
    public async Task NoteVanishedAsync(string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0) return;
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.file f SET {FileTransitions.Vanish.Set}, reason = 'the file is gone'
            WHERE f.pipeline = $1 AND f.path = ANY ($2) AND f.parent_id IS NULL AND {FileTransitions.Vanish.IsAllowed}
                AND NOT f.is_skipped
                AND NOT (f.status = {FileStatusSql.Ignored} AND f.same_as IS NOT NULL)
                AND NOT (f.status IN ({FileStatusSql.Ready}, {FileStatusSql.Failed})
                    AND EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static NpgsqlParameter Longs(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
