using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Reads rows of the tables that pipelines load, and of no others: few rows, with a timeout, in read-only
/// transactions.</summary>
/// <param name="dataSource">The ledger and the tables.</param>
/// <param name="role">Reads the tables; null for the role of the connection.</param>
public sealed partial class TableViews(NpgsqlDataSource dataSource, string? role)
{
    /// <summary>Rows of a sample, at most.</summary>
    public const int MostRows = 500;

    const int MostColumns = 200, MostValues = 20_000, Characters = 200, MostCharacters = 1_000_000, RecentFiles = 10_000,
        MostTables = 100;

    /// <summary>The newest rows of a pipeline's table, or the rows of a file.</summary>
    /// <param name="pipeline">The pipeline; ignored if a file is given.</param>
    /// <param name="table">One of the pipeline's tables; null for that of its newest file.</param>
    /// <param name="fileId">Only rows of this file; null for the newest rows.</param>
    /// <param name="limit">How many rows, 1 to <see cref="MostRows"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null if the ledger has no such file, pipeline or table of the pipeline, or the table does not exist.</returns>
    /// <exception cref="PostgresException">The role may not read the table, or the query timed out.</exception>
    public async Task<TableSample?> SampleAsync(string? pipeline, string? table, long? fileId, int limit,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(pipeline, table, fileId, cancellationToken) is not { } target) return null;
        var origin = OriginOf(target.Config);
        var newest = fileId is null && (origin.FileId ?? origin.Path) is not null
            ? await NewestLoads.ReadAsync(dataSource, target.Table, MostRows, cancellationToken)
            : new NewestLoads([], HasMore: false);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        if (await SampledTable.ReadAsync(connection, target.Table, cancellationToken) is not { } found) return null;
        await TakeRoleAsync(connection, cancellationToken);
        var columns = found.Columns.Take(MostColumns).ToArray();
        var rows = Math.Clamp(Math.Min(limit, MostValues / Math.Max(1, columns.Length)), 1, MostRows);
        var byPath = found.Find(origin.FileId) is null && found.Find(origin.Path) is not null;
        var query = SampleQuery.OfNewest(found, columns, origin, newest, rows + 1, Characters + 1);
        var sampled = query is null ? [] : await ReadAsync(connection, query, columns.Length, cancellationToken);
        // Rows that no file of the ledger has loaded, or whose files the ledger has forgotten.
        if (sampled.Count == 0)
        {
            query = SampleQuery.Of(found, columns, origin, fileId, byPath, rows + 1, Characters + 1);
            if (fileId is not null && byPath) query = query with { Parameters = [target.Path!] };
            sampled = await ReadAsync(connection, query, columns.Length, cancellationToken);
        }

        await transaction.RollbackAsync(cancellationToken); // resets the role too: the ledger is read with the program's own role
        var isCut = sampled.Count > rows || (query!.Order == "newestFiles" && newest.HasMore)
            || found.Columns.Count > columns.Length;
        var files = await FilesAsync(connection, target.Pipeline, sampled, cancellationToken);
        return new TableSample(
            target.Pipeline, found.FullName, target.Tables, fileId,
            [.. columns.Select(c => new SampleColumn(c.Name, c.Type,
                c.Name == origin.FileId || c.Name == origin.Path || c.Name == origin.Line || c.Name == origin.Record))],
            [.. sampled.Take(rows).Select(row => row.With(files))], isCut, query!.Order,
            found.Find(origin.FileId) is not null || byPath);
    }

    /// <summary>A value of a row as a whole.</summary>
    /// <param name="pipeline">As for <see cref="SampleAsync"/>.</param>
    /// <param name="table">As for <see cref="SampleAsync"/>.</param>
    /// <param name="key">The row's <see cref="SampleRow.Key"/>.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when there is no such table or column, or the row has changed or is gone.</returns>
    public async Task<SampleValue?> ValueAsync(string pipeline, string? table, string key, string column,
        CancellationToken cancellationToken)
    {
        if (!KeyForm().IsMatch(key) || await FindAsync(pipeline, table, fileId: null, cancellationToken) is not { } target)
            return null;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        if (await SampledTable.ReadAsync(connection, target.Table, cancellationToken) is not { HasPlaces: true } found
            || found.Find(column) is not { } shown) return null;
        await TakeRoleAsync(connection, cancellationToken);
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        await using var command = new NpgsqlCommand(
            $"SELECT {shown.Beginning(MostCharacters + 1)} FROM {found.FullName} r WHERE r.ctid = '{key[(colon + 1)..]}'::tid "
                + $"AND r.tableoid = {key[..colon]}::oid", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var value = reader.Text(0);
        return new SampleValue(column, Cut(value, MostCharacters), value?.Length > MostCharacters);
    }

    static async Task<IReadOnlyList<Sampled>> ReadAsync(
        NpgsqlConnection connection, SampleQuery query, int columns, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query.Sql, connection);
        foreach (var value in query.Parameters) command.Parameters.Add(new() { Value = value });
        var rows = await command.ReadAllAsync(reader => Read(reader, columns), cancellationToken);
        return [.. rows.DistinctBy(row => row.Key ?? (object)row)];
    }

    /// <summary>Begins a read-only transaction with short timeouts.</summary>
    static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'; SET LOCAL jit = off",
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    /// <summary>Switches the role until the end of the transaction. The table was looked up before, so that a name without a
    /// schema means the same for every role.</summary>
    async Task TakeRoleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (role is null) return;
        await using var command = new NpgsqlCommand($"SET LOCAL ROLE {QuotedName.Of(role)}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task<Target?> FindAsync(string? pipeline, string? table, long? fileId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT p.name, p.config::text, f.path, coalesce(f.target, CASE WHEN p.config->>'table' LIKE '%{"{"}%' THEN NULL
                ELSE p.config->>'table' END),
                CASE WHEN p.config->>'table' LIKE '%{"{"}%' THEN ARRAY(SELECT t.target FROM (
                    SELECT n.target, n.file_id FROM ingest.file n WHERE n.pipeline = p.name AND n.target IS NOT NULL
                        ORDER BY n.file_id DESC LIMIT {RecentFiles}) t
                    GROUP BY t.target ORDER BY max(t.file_id) DESC LIMIT {MostTables}) ELSE ARRAY[p.config->>'table'] END,
                $3::text IS NULL OR $3 = p.config->>'table'
                    OR EXISTS (SELECT FROM ingest.file k WHERE k.pipeline = p.name AND k.target = $3)
            FROM ingest.pipeline p LEFT JOIN ingest.file f ON f.file_id = $2 AND f.pipeline = p.name
            WHERE CASE WHEN $2::bigint IS NULL THEN p.name = $1 ELSE f.file_id IS NOT NULL END
            """);
        command.Parameters.Put(pipeline, NpgsqlTypes.NpgsqlDbType.Text);
        command.Parameters.Put(fileId, NpgsqlTypes.NpgsqlDbType.Bigint);
        command.Parameters.Put(table, NpgsqlTypes.NpgsqlDbType.Text);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || !reader.GetBoolean(5)) return null;
        var tables = reader.GetFieldValue<string[]>(4);
        var chosen = (fileId is null ? table : null) ?? reader.Text(3) ?? tables.FirstOrDefault();
        return chosen is null ? null : new Target(reader.GetString(0), reader.GetString(1), reader.Text(2), chosen, tables);
    }

    static OriginColumns OriginOf(string config)
    {
        try
        {
            return OriginColumns.Of(PipelineJson.Read(config));
        }
        catch (JsonException)
        {
            return new OriginColumns(null, null, null, null); // written by another version of this program
        }
    }

    /// <summary>The files by number and by path; for a path, the newest loaded version.</summary>
    static async Task<Files> FilesAsync(NpgsqlConnection connection, string pipeline, IReadOnlyList<Sampled> rows,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT f.file_id, f.path FROM ingest.file f WHERE f.file_id = ANY ($1)
            UNION ALL SELECT max(f.file_id), f.path FROM ingest.file f WHERE f.pipeline = $3 AND f.path = ANY ($2)
                AND f.status = {FileStatusSql.Loaded} GROUP BY f.path
            """, connection);
        command.Parameters.Add(new() { Value = rows.Select(r => r.FileId).OfType<long>().Distinct().ToArray() });
        command.Parameters.Add(
            new() { Value = rows.Where(r => r.FileId is null).Select(r => r.Path).OfType<string>().Distinct().ToArray() });
        command.Parameters.Add(new() { Value = pipeline });
        var found = await command.ReadAllAsync(reader => (Id: reader.GetInt64(0), Path: reader.GetString(1)), cancellationToken);
        return new Files(found.DistinctBy(f => f.Id).ToDictionary(f => f.Id, f => f.Path),
            found.GroupBy(f => f.Path).ToDictionary(g => g.Key, g => g.Max(f => f.Id), StringComparer.Ordinal));
    }

    static Sampled Read(NpgsqlDataReader reader, int columns)
    {
        var values = new string?[columns];
        var cut = new List<int>();
        for (var i = 0; i < columns; i++)
        {
            var value = reader.Text(SampleQuery.Facts + i);
            values[i] = Cut(value, Characters);
            if (value?.Length > Characters) cut.Add(i);
        }

        return new Sampled(reader.Text(0), Number(reader.Text(1)), reader.Text(2), Number(reader.Text(3)), Number(reader.Text(4)),
            values, cut);
    }

    static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : null;

    static string? Cut(string? value, int characters) => value is null ? null : ShortText.Of(value, characters);

    [GeneratedRegex(@"^[0-9]{1,10}:\([0-9]{1,10},[0-9]{1,5}\)\z")]
    private static partial Regex KeyForm();

    sealed record Target(string Pipeline, string Config, string? Path, string Table, IReadOnlyList<string> Tables);

    sealed record Files(IReadOnlyDictionary<long, string> ById, IReadOnlyDictionary<string, long> ByPath);

    sealed record Sampled(string? Key, long? FileId, string? Path, long? Line, long? Record, IReadOnlyList<string?> Values,
        IReadOnlyList<int> Cut)
    {
        public SampleRow With(Files files)
        {
            var id = FileId is { } known && files.ById.ContainsKey(known) ? known
                : Path is not null && files.ByPath.TryGetValue(Path, out var newest) ? newest : (long?)null;
            return new SampleRow(Key, Values, Cut, id, id is { } found ? files.ById[found] : Path, Line, Record);
        }
    }
}
