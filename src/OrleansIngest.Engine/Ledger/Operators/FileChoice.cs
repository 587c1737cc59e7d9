using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Selects many files for a verb: the newest version of each matching path.</summary>
public sealed class FileChoice
{
    readonly Glob? _glob;

    /// <summary>Creates a choice.</summary>
    /// <param name="glob">A pattern of absolute paths, with the syntax of <c>include</c>: <c>/data/in/orders-2026-*.csv</c>; null
    /// for any path.</param>
    /// <exception cref="ArgumentException">The pattern is invalid.</exception>
    public FileChoice(string? glob) => _glob = glob is null ? null : new Glob(glob);

    /// <summary>Only files of this pipeline. Default: null, of any.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Only files that ended then or later: loaded, failed, quarantined or ignored. Default: null, no bound.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only files that ended before then. Default: null, no bound.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether to choose files with committed rows: loaded, or given up after a part was committed. Otherwise those that
    /// a replay continues: failed, quarantined, skipped or vanished. Default: false.</summary>
    public bool HasRows { get; init; }

    /// <summary>Looks up the files. Members of archives are chosen separately only if the pattern names them
    /// (<c>a.zip!/b.csv</c>); otherwise their archive brings them.</summary>
    /// <returns>Key and path of each, by path.</returns>
    public async Task<IReadOnlyList<(FileId File, string Path)>> FindAsync(
        NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var state = HasRows
            ? $"(f.status = {FileStatusSql.Loaded} OR EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id))"
            // As the indexes of waiting, quarantined and excluded files have them.
            : $"""
                (f.status {FileStatusSql.IsWaiting} AND f.status = {FileStatusSql.Failed}
                    OR f.status = {FileStatusSql.Quarantined}
                    OR f.status IN ({FileStatusSql.Ignored}, {FileStatusSql.Vanished}))
                """;
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT f.file_id, f.path FROM ingest.file f
            WHERE ($1::text IS NULL OR f.pipeline = $1) AND ($2::timestamptz IS NULL OR f.finished_at >= $2)
                AND ($3::timestamptz IS NULL OR f.finished_at < $3)
                AND {state} AND (f.parent_id IS NULL OR $4)
                AND f.version = (SELECT max(version) FROM ingest.file l WHERE l.pipeline = f.pipeline AND l.path = f.path)
            ORDER BY f.path, f.file_id
            """);
        command.Parameters.Add(new() { Value = (object?)Pipeline ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new()
        {
            Value = (object?)Since?.UtcDateTime ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.TimestampTz
        });
        command.Parameters.Add(new()
        {
            Value = (object?)Until?.UtcDateTime ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.TimestampTz
        });
        command.Parameters.Add(
            new() { Value = _glob?.Pattern.Contains(ArchiveLedger.Separator, StringComparison.Ordinal) == true });
        var found = new List<(FileId, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var path = reader.GetString(1);
            if (_glob is null || _glob.IsMatch(path)) found.Add((new FileId(reader.GetInt64(0)), path));
        }

        return found;
    }
}
