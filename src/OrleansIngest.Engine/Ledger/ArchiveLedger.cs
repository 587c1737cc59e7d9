using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A file inside an archive.</summary>
/// <param name="Name">Its path in the archive, as the archive has it.</param>
/// <param name="StoredSize">Its size in the archive in bytes.</param>
public readonly record struct ArchiveMember(string Name, long StoredSize);

/// <summary>The outcome of expanding an archive.</summary>
public enum Expansion
{
    /// <summary>Its members are in the ledger.</summary>
    Done,

    /// <summary>The claim is not in force.</summary>
    Fenced,

    /// <summary>A silo of an older version runs, which would treat members as vanished files: retried when it has left.</summary>
    TooEarly,
}

/// <summary>Archives and their members. A member is a separate file, with the path <c>ARCHIVE!/MEMBER</c> and
/// the archive as its parent.</summary>
sealed class ArchiveLedger(NpgsqlDataSource dataSource)
{
    /// <summary>Between an archive's path and the name of its member.</summary>
    public const string Separator = "!/";

    /// <summary>The first version of the ledger whose programs know members.</summary>
    const int KnowsMembers = 3;

    // A version that is loaded again on purpose is expanded again: its members are new versions too.
    static readonly string AddMembers =
        $"""
        INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status, ready_at, is_forced, is_replacement,
            parent_id, version_token)
        SELECT a.pipeline, a.path || '{Separator}' || m.name,
            1 + coalesce((SELECT max(version) FROM ingest.file l
                WHERE l.pipeline = a.pipeline AND l.path = a.path || '{Separator}' || m.name), 0),
            m.size, a.mtime_ns, 0, 0, {FileTransitions.Add.Into}, clock_timestamp(), a.is_forced, a.is_replacement, a.file_id,
                a.mtime_ns || '-' || a.size
        FROM ingest.file a CROSS JOIN unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS m (name, size, n)
        WHERE a.file_id = $1 ORDER BY m.n
        """;

    static readonly string FinishArchive =
        $"""
        WITH done AS (
            UPDATE ingest.file f SET {FileTransitions.Finish.Set}, reason = $5, sha256 = $4,
                same_as = {ContentLedger.SameAs("$4")},
                bytes_read = f.size, end_position = f.size
            WHERE {FileLedger.InForce}
            -- Its bytes are counted with its members.
            RETURNING f.pipeline, 0::bigint AS bytes, {ThroughputLedger.Latency}
        ), {ThroughputLedger.Latencies("$3", $"{ThroughputLedger.NoLane}")},
        {ThroughputLedger.Finished("$3", $"{ThroughputLedger.NoLane}")}
        SELECT extract(epoch FROM latency)::double precision FROM done
        """;

    /// <summary><see cref="FileLedger.ExpandAsync"/>.</summary>
    public async Task<Expansion> ExpandAsync(
        FileClaim claim, IReadOnlyList<ArchiveMember> members, byte[]? sha256, Action<string, TimeSpan>? onFinished,
        CancellationToken cancellationToken)
    {
        if (members.DistinctBy(m => m.Name).Count() != members.Count)
            throw new ArgumentException("Two members have the same name.", nameof(members));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await WhyNotAsync(connection, claim, cancellationToken) is { } not) return not;
        await using (var add = new NpgsqlCommand(AddMembers, connection))
        {
            add.Parameters.Add(new() { Value = claim.FileId.Value });
            var (names, sizes) = (members.Select(m => m.Name.Replace('\0', '\uFFFD')).ToArray(),
                members.Select(m => m.StoredSize).ToArray());
            add.Parameters.Add(new() { Value = names, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            add.Parameters.Add(new() { Value = sizes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await add.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var finish = new NpgsqlCommand(FinishArchive, connection);
        FileLedger.AddClaim(finish, claim);
        finish.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        finish.Parameters.Add(new() { Value = $"an archive of {Counted.Of(members.Count, "file")}" });
        var latency = (double)(await finish.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        onFinished?.Invoke(claim.Pipeline, TimeSpan.FromSeconds(latency));
        return Expansion.Done;
    }

    /// <summary><see cref="FileLedger.MembersAsync"/>.</summary>
    public async Task<IReadOnlyList<FileState>> MembersAsync(IReadOnlyList<FileId> archives, CancellationToken cancellationToken)
    {
        if (archives.Count == 0) return [];
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {FileState.Columns} FROM (SELECT DISTINCT ON (f.parent_id, f.path) f.* FROM ingest.file f
                WHERE f.parent_id = ANY ($1) ORDER BY f.parent_id, f.path, f.version DESC) f ORDER BY f.parent_id, f.file_id
            """);
        command.Parameters.Add(new() { Value = archives.Select(a => a.Value).ToArray() });
        return await FileState.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>The archives of members, as they were when they were expanded.</summary>
    public static async Task<IReadOnlyDictionary<FileId, SeenFile>> ArchivesAsync(
        NpgsqlConnection connection, IReadOnlyList<FileId> members, CancellationToken cancellationToken)
    {
        var archives = new Dictionary<FileId, SeenFile>();
        if (members.Count == 0) return archives;
        await using var command = new NpgsqlCommand(
            """
            SELECT a.path, a.size, a.mtime_ns, a.dev, a.inode, f.file_id FROM ingest.file f
                JOIN ingest.file a ON a.file_id = f.parent_id
            WHERE f.file_id = ANY ($1)
            """, connection);
        command.Parameters.Add(new() { Value = members.Select(m => m.Value).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            archives.Add(new FileId(reader.GetInt64(5)), FileLedger.ReadFile(reader, 0));
        return archives;
    }

    /// <summary>Locks the archive under its claim; returns why it cannot be expanded, or that it is.</summary>
    static async Task<Expansion?> WhyNotAsync(NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT f.epoch = $2 AND f.owner_node = $3 AND {FileTransitions.Finish.IsAllowed},
                f.epoch = $2 AND f.owner_node = $3 AND f.status = {FileStatusSql.Loaded},
                EXISTS (SELECT FROM ingest.node n
                    WHERE n.state IN ('alive', 'draining') AND n.kind {NodeKind.LastingSql}
                        AND coalesce(n.ledger_version, 0) < {KnowsMembers})
            FROM ingest.file f WHERE f.file_id = $1 FOR NO KEY UPDATE OF f
            """, connection);
        FileLedger.AddClaim(command, claim);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return Expansion.Fenced;
        if (reader.GetBoolean(1)) return Expansion.Done; // by an earlier call whose answer was lost
        return !reader.GetBoolean(0) ? Expansion.Fenced : reader.GetBoolean(2) ? Expansion.TooEarly : null;
    }
}
