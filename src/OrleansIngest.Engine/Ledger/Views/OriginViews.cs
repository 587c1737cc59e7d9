using System.Text.Json;
using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Finds the file and the line from which a row was loaded.</summary>
public sealed class OriginViews(NpgsqlDataSource dataSource)
{
    /// <summary>Finds rows, in a transaction that can change nothing.</summary>
    /// <param name="table">Its name in SQL.</param>
    /// <param name="columns">At least one of file and path.</param>
    /// <param name="condition">A condition as after WHERE: the user's own SQL, executed with the user's privileges.</param>
    /// <param name="limit">Maximum number, from 1.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="FormatException">The condition is incomplete.</exception>
    /// <exception cref="PostgresException">The condition is invalid, or the privilege to read the table is missing.</exception>
    public async Task<IReadOnlyList<RowOrigin>> FindAsync(
        string table, OriginColumns columns, string condition, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var readOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection))
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        // A file under a path may have several versions: without its number, a row is attributed to the newest loaded one.
        var join = columns.FileId is { } id
            ? $"f.file_id = r.{QuotedName.Of(id)}"
            : $"f.file_id = (SELECT max(l.file_id) FROM ingest.file l WHERE l.path = r.{QuotedName.Of(columns.Path!)} AND "
                + $"l.status = {FileStatusSql.Loaded})";
        var upToCondition =
            $"""
            SELECT to_jsonb(r)::text, f.file_id,
                coalesce(f.path, {(columns.Path is { } path ? $"r.{QuotedName.Of(path)}::text" : "NULL")}), f.version, f.status,
                {Number(columns.Line)}, {Number(columns.Record)}, f.finished_at
            FROM (SELECT * FROM {table} WHERE {condition}
            """;
        await using var command = new NpgsqlCommand(
            $"""
            {upToCondition}
            LIMIT {limit}) r LEFT JOIN ingest.file f ON {join}
            """, connection);
        var rows = new List<RowOrigin>();
        await using var reader = await ExecuteAsync(command, upToCondition, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new RowOrigin(
                RowOf(reader.GetString(0)), Long(1),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetInt32(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4), Long(5), Long(6),
                await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return rows;

        long? Long(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
    }

    /// <summary>An error behind the condition is about SQL that the user has not written, so its text would mislead.</summary>
    static async Task<NpgsqlDataReader> ExecuteAsync(NpgsqlCommand command, string upToCondition,
        CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.SyntaxError
            && failure.Position > upToCondition.EnumerateRunes().Count())
        {
            throw new FormatException(
                "the condition is incomplete: an operand or a parenthesis is missing at its end, or one is too many", failure);
        }
    }

    static JsonElement RowOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    static string Number(string? column) => column is null ? "NULL::bigint" : $"r.{QuotedName.Of(column)}::bigint";
}
