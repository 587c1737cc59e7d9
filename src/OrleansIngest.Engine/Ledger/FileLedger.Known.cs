using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The files that discovery starts from. A ledger may know many more files than a directory still contains, so only the
/// requested ones are read, unless they are a large part of the ledger.</summary>
public sealed partial class FileLedger
{
    /// <summary>Number of paths in one statement.</summary>
    const int PathsAtOnce = 10_000;

    /// <summary>Reading one file by its path costs as much as reading about four in a row.</summary>
    const int CostOfALookup = 4;

    const string OfNewest =
        "file_id, path, coalesce(seen_size, size) AS size, mtime_ns, dev, inode, ctime_ns, status, is_skipped, same_as";

    static readonly string AllKnown = Known(
        $"SELECT DISTINCT ON (path) {OfNewest} FROM ingest.file WHERE pipeline = $1 AND parent_id IS NULL ORDER BY path, "
            + "version DESC");

    static readonly string KnownOfPaths = Known(
        $"""
        SELECT l.* FROM unnest($2::text[]) AS asked (path) CROSS JOIN LATERAL (
            SELECT {OfNewest} FROM ingest.file f WHERE f.pipeline = $1 AND f.path = asked.path AND f.parent_id IS NULL
            ORDER BY f.version DESC LIMIT 1) l
        """);

    /// <summary>The newest version of the files that need not be examined again: discovery starts from these. Files that were
    /// settling, excluded or gone are omitted, so that they are reported again, and so are archives with such members; files
    /// whose content was already loaded are included.</summary>
    /// <param name="pipeline">Whose files.</param>
    /// <param name="found">The paths that exist; null for all files that the ledger knows. Other files are returned too if they
    /// wait to be loaded, because their disappearance must be reported.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<SeenFile>> KnownFilesAsync(
        string pipeline, IReadOnlyList<string>? found, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var known = new List<SeenFile>();
        if (found is null || await IsLargePartAsync(connection, pipeline, found.Count, cancellationToken))
        {
            await AddKnownAsync(connection, AllKnown, pipeline, null, known, cancellationToken);
            return known;
        }

        var paths = new HashSet<string>(found, StringComparer.Ordinal);
        await AddWaitingAsync(connection, pipeline, paths, cancellationToken);
        foreach (var some in paths.Chunk(PathsAtOnce))
            await AddKnownAsync(connection, KnownOfPaths, pipeline, some, known, cancellationToken);
        return known;
    }

    static string Known(string newest) =>
        $"""
        SELECT path, size, mtime_ns, dev, inode, coalesce(ctime_ns, 0) FROM ({newest}) newest
        WHERE (status NOT IN ({FileStatusSql.Discovered}, {FileStatusSql.Ignored}, {FileStatusSql.Vanished}) OR is_skipped
                OR status = {FileStatusSql.Ignored} AND same_as IS NOT NULL)
            AND NOT EXISTS (SELECT FROM ingest.file f WHERE f.parent_id = newest.file_id AND {FileTransitions.Return.IsAllowed})
        """;

    static async Task<bool> IsLargePartAsync(
        NpgsqlConnection connection, string pipeline, int found, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(sum(files), 0) < $2 * ($3 + coalesce(sum(files) FILTER (WHERE {MayVanish}), 0))
            FROM ingest.file_total WHERE pipeline = $1
            """, connection);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = (long)CostOfALookup });
        command.Parameters.Add(new() { Value = (long)found });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The states returned by <see cref="Known"/> from which a file can vanish.</summary>
    const string MayVanish = $"status IN ({FileStatusSql.Ready}, {FileStatusSql.Failed})";

    static async Task AddWaitingAsync(
        NpgsqlConnection connection, string pipeline, HashSet<string> paths, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT path FROM ingest.file WHERE pipeline = $1 AND parent_id IS NULL AND {MayVanish}", connection);
        command.Parameters.Add(new() { Value = pipeline });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) paths.Add(reader.GetString(0));
    }

    static async Task AddKnownAsync(
        NpgsqlConnection connection, string sql, string pipeline, string[]? paths, List<SeenFile> known,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = pipeline });
        if (paths is not null)
            command.Parameters.Add(new() { Value = paths, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            known.Add(ReadFile(reader, 0) with { ChangedNanoseconds = reader.GetInt64(5) });
    }
}
