using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's knowledge of an uploaded or named file.</summary>
public sealed class DropLedger(NpgsqlDataSource dataSource)
{
    const int MostShown = 5;

    /// <summary>The oid of a pipeline's table. Names with placeholders for parts of the file name are not tables.</summary>
    const string TableOf = "CASE WHEN p.config->>'table' !~ '[{]' THEN to_regclass(p.config->>'table') END";

    /// <summary>A table's full name in SQL, whether it exists or not.</summary>
    /// <param name="table">As written by a user, by SQL's rules.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PostgresException">It is not a name of a table; or no schema is in the search path.</exception>
    public async Task<string> FullNameAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT coalesce((SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.oid = to_regclass($1)),
                (SELECT CASE cardinality(part) WHEN 1 THEN format('%I.%I', current_schema(), part[1])
                    WHEN 2 THEN format('%I.%I', part[1], part[2]) END
                    FROM parse_ident($1) part))
            """);
        command.Parameters.Add(new() { Value = table });
        return await command.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new PostgresException($"\"{table}\" is not table or schema.table", "ERROR", "ERROR",
                PostgresErrorCodes.InvalidName);
    }

    /// <summary>The directories that pipelines watch, absolute or with patterns.</summary>
    public async Task<IReadOnlyList<string>> WatchedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT DISTINCT w.directory FROM ingest.pipeline p
            CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(p.config->'watch') WHEN 'array' THEN p.config->'watch'
                ELSE '[]' END) w (directory)
            WHERE w.directory LIKE '/%' OR w.directory LIKE '_:%'
            """);
        return await command.ReadAllAsync(reader => reader.GetString(0), cancellationToken);
    }

    /// <summary>The configuration, as JSON, of the pipeline that loads into a table from directories; null for none.</summary>
    /// <param name="table">By SQL's rules.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(string Name, string Config)?> PipelineOfAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT p.name, p.config::text FROM ingest.pipeline p
            WHERE coalesce({TableOf} = to_regclass($1), to_regclass($1) IS NULL
                AND p.config->>'table' IN ($1, regexp_replace($1, '^public[.]', '')))
                AND p.name !~ '^(drop|load)-' ORDER BY p.coordinated_at DESC NULLS LAST, p.updated_at DESC LIMIT 1
            """);
        command.Parameters.Add(new() { Value = table });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>Files with a content, or at a path, that are loaded into a table, newest first.</summary>
    /// <param name="table">By SQL's rules.</param>
    /// <param name="sha256">The content; null when it is not known.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<EarlierLoad>> LoadedAsync(
        string table, byte[]? sha256, long size, string path, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT f.file_id, f.pipeline, f.path, f.finished_at, f.rows_loaded FROM ingest.pipeline p
                JOIN ingest.file f ON f.pipeline = p.name
            WHERE coalesce(to_regclass(f.target), {TableOf}) = to_regclass($1) AND f.status = {FileStatusSql.Loaded}
                AND (f.size = $3 AND f.sha256 = $2 OR f.path = $4) ORDER BY f.file_id DESC LIMIT {MostShown}
            """);
        command.Parameters.Add(new() { Value = table });
        command.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = size });
        command.Parameters.Add(new() { Value = path });
        return await command.ReadAllAsync(
            r => new EarlierLoad(r.GetInt64(0), r.GetString(1), r.GetString(2), r.Instant(3), r.GetInt64(4)), cancellationToken);
    }

    /// <summary>Unfinished uploads of one content: a later one continues where they ended, under the same path.</summary>
    /// <param name="pipeline">Their pipeline.</param>
    /// <param name="folder">Prefix of the names of directories with uploads of this content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<UnfinishedUpload>> UnfinishedAsync(
        string pipeline, string folder, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT f.file_id, f.path, f.mtime_ns, f.status FROM ingest.file f
            WHERE f.pipeline = $1 AND (f.status {FileStatusSql.IsWaiting}
                OR f.status IN ({FileStatusSql.Loading}, {FileStatusSql.Quarantined}))
                AND strpos(f.path, $2) > 0 ORDER BY f.file_id
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = folder });
        return await command.ReadAllAsync(
            r => new UnfinishedUpload(new FileId(r.GetInt64(0)), r.GetString(1), r.GetInt64(2), r.GetString(3)),
            cancellationToken);
    }

    /// <summary>Whether a load of a file was interrupted after it had committed rows: it continues as it began.</summary>
    /// <param name="pipeline">Its pipeline.</param>
    /// <param name="folder">As for <see cref="UnfinishedAsync"/>; null for a file that was not uploaded.</param>
    /// <param name="path">Where the file is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> HasBegunAsync(string pipeline, string? folder, string path, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = $1 AND (f.status {FileStatusSql.IsWaiting}
                OR f.status IN ({FileStatusSql.Loading}, {FileStatusSql.Quarantined}))
                AND CASE WHEN $2::text IS NULL THEN f.path = $3 ELSE strpos(f.path, $2) > 0 END
                AND EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = f.file_id))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Put(folder, NpgsqlDbType.Text);
        command.Parameters.Add(new() { Value = path });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Records in the history who uploaded a file.</summary>
    public async Task NoteAsync(FileId file, OperatorAct act, string detail, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.history (kind, pipeline, file_id, who, detail)
            SELECT 'operator.drop', pipeline, file_id, $2, $3 FROM ingest.file WHERE file_id = $1
            """);
        command.Parameters.Add(new() { Value = file.Value });
        command.Parameters.Add(new() { Value = act.Who });
        command.Parameters.Add(new() { Value = detail });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A file that was loaded earlier.</summary>
/// <param name="FileId">Its key.</param>
/// <param name="Pipeline">Its pipeline.</param>
/// <param name="Path">Where it was.</param>
/// <param name="FinishedAt">When it was loaded.</param>
/// <param name="Rows">Number of its rows.</param>
public sealed record EarlierLoad(long FileId, string Pipeline, string Path, DateTimeOffset? FinishedAt, long Rows);

/// <summary>An upload that was begun.</summary>
/// <param name="FileId">Its key.</param>
/// <param name="Path">Where it was.</param>
/// <param name="ModifiedNanoseconds">Its modification time, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Status">Its state.</param>
public sealed record UnfinishedUpload(FileId FileId, string Path, long ModifiedNanoseconds, string Status);
