using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Finds loaded content, and decides about files that deliver it again.</summary>
public sealed class ContentLedger(NpgsqlDataSource dataSource)
{
    const string Columns =
        $"path, size, mtime_ns, dev, inode, file_id, version, sha256, CASE WHEN status = {FileStatusSql.Loaded} THEN finished_at "
            + "END, coalesce(ctime_ns, 0)";

    /// <summary>SQL for the statement that makes <c>ingest.file f</c> loaded: the file whose content it has.</summary>
    /// <remarks>Only a file that was finished before the statement began. If another file ends later but commits sooner, that one
    /// records this file as the first; if this one recorded the other as well, each would repeat the other.</remarks>
    /// <param name="sha256">SQL: the hash of its content.</param>
    public static string SameAs(string sha256) => $"ingest.same_content(f.pipeline, f.size, {sha256}, statement_timestamp())";

    /// <summary>One version of a file.</summary>
    public async Task<KnownContent> FindAsync(FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Columns} FROM ingest.file WHERE file_id = $1");
        command.Parameters.Add(new() { Value = file.Value });
        return (await ReadAsync(command, cancellationToken)).Single();
    }

    /// <summary>The newest version of each path that the ledger knows.</summary>
    public async Task<IReadOnlyList<KnownContent>> NewestAsync(
        string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT DISTINCT ON (path) {Columns} FROM ingest.file WHERE pipeline = $1 AND path = ANY ($2) ORDER BY path, "
                + "version DESC");
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>With <c>sameContent: skip</c>: whether the claim may load its file. A repeated call does no harm.</summary>
    /// <param name="claim">Must be in force.</param>
    /// <param name="sha256">The content's; null while it is not known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The answer, and the file that prevents it.</returns>
    public async Task<(Admission Admission, FileId? Other)> AdmitAsync(
        FileClaim claim, byte[]? sha256, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT verdict, other FROM ingest.admit($1, $2, $3, $4)");
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (Enum.Parse<Admission>(reader.GetString(0), ignoreCase: true),
            reader.IsDBNull(1) ? null : new FileId(reader.GetInt64(1)));
    }

    /// <summary>Ends a claim as <c>ignored</c>, because the content of its file is loaded.</summary>
    /// <param name="claim">Must be in force, with nothing committed.</param>
    /// <param name="sameAs">The file or version that brought the content.</param>
    /// <param name="sha256">Of the content.</param>
    /// <param name="reason">Human-readable.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the claim was in force.</returns>
    public async Task<bool> SkipAsync(FileClaim claim, FileId sameAs, byte[] sha256, string reason,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH ended AS (
                UPDATE ingest.file f SET {FileTransitions.Repeat.Set}, reason = $6, same_as = $4, sha256 = $5
                WHERE {FileLedger.InForce} AND NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1)
                    RETURNING pipeline, file_id
            ), noted AS (
                INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                    SELECT 'file.repeated', pipeline, file_id, $3, $6 FROM ended
            )
            SELECT count(*) FROM ended
            """);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = sameAs.Value });
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = reason });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
    }

    internal static readonly string Repeated =
        $"""
        -- Two files of one content whose commits overlap do not see each other, so it is looked up here.
        -- First for each file, and then joined: in the join's condition the function would run for each pair of files.
        WITH looked_up AS MATERIALIZED (
            SELECT f.file_id, coalesce(f.same_as, ingest.same_content(f.pipeline, f.size, f.sha256, f.finished_at)) AS same
            FROM ingest.file f WHERE f.file_id = ANY ($1) AND f.status = {FileStatusSql.Loaded}
        )
        SELECT l.file_id, s.path FROM looked_up l JOIN ingest.file s ON s.file_id = l.same
        """;

    /// <summary>The loaded files whose content repeats an earlier file or version of their pipeline, with the path of that
    /// one.</summary>
    public async Task<IReadOnlyDictionary<FileId, string>> RepeatedAsync(
        IReadOnlyList<FileId> files, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Repeated);
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        var repeated = new Dictionary<FileId, string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) repeated.Add(new FileId(reader.GetInt64(0)), reader.GetString(1));
        return repeated;
    }

    /// <summary>Marks the waiting newest versions of paths, so that they are loaded even if their
    /// content is already loaded.</summary>
    public async Task ForceAsync(string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.file f SET is_forced = true
            WHERE pipeline = $1 AND path = ANY ($2) AND f.status {FileStatusSql.IsWaiting}
                AND version = (SELECT max(version) FROM ingest.file l WHERE l.pipeline = $1 AND l.path = f.path)
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Updates the device and inode numbers of files with unchanged content.</summary>
    public Task AdoptAsync(IReadOnlyList<(KnownContent Known, SeenFile Now)> files,
        CancellationToken cancellationToken) => WriteAsync(
        files,
        """
        UPDATE ingest.file f SET dev = s.dev, inode = s.inode, ctime_ns = nullif(s.ctime_ns, 0)
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS s (file_id, size,
            mtime_ns, dev, inode, ctime_ns)
        WHERE f.file_id = s.file_id AND (f.size, f.mtime_ns) = (s.size, s.mtime_ns)
        """, cancellationToken);

    /// <summary>Adds a version, ready to be loaded, for files that were replaced by others of the same size and mtime; not if the
    /// ledger has a newer version already.</summary>
    public Task AddReplacedAsync(IReadOnlyList<(KnownContent Known, SeenFile Now)> files,
        CancellationToken cancellationToken) => WriteAsync(
        files,
        $"""
        INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, ready_at)
        SELECT f.pipeline, f.path, f.version + 1, s.size, s.mtime_ns, s.dev, s.inode, nullif(s.ctime_ns, 0),
            {FileTransitions.Add.Into}, clock_timestamp()
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS s (file_id, size,
            mtime_ns, dev, inode, ctime_ns)
        JOIN ingest.file f USING (file_id) WHERE (f.size, f.mtime_ns) = (s.size, s.mtime_ns)
        ON CONFLICT DO NOTHING
        """, cancellationToken);

    async Task WriteAsync(IReadOnlyList<(KnownContent Known, SeenFile Now)> files, string sql,
        CancellationToken cancellationToken)
    {
        if (files.Count == 0) return;
        await using var command = dataSource.CreateCommand(sql);
        foreach (var value in new Func<(KnownContent Known, SeenFile Now), long>[]
        {
            f => f.Known.FileId.Value, f => f.Now.Size, f => f.Now.ModifiedNanoseconds,
            f => unchecked((long)f.Now.Device), f => unchecked((long)f.Now.Inode), f => f.Now.ChangedNanoseconds,
        })
        {
            command.Parameters.Add(new()
            {
                Value = files.Select(value).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint
            });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<IReadOnlyList<KnownContent>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var known = new List<KnownContent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(new KnownContent
            {
                File = FileLedger.ReadFile(reader, 0) with { ChangedNanoseconds = reader.GetInt64(9) },
                FileId = new FileId(reader.GetInt64(5)),
                Version = reader.GetInt32(6),
                Sha256 = reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7),
                FinishedAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTime>(8),
            });
        }

        return known;
    }
}
