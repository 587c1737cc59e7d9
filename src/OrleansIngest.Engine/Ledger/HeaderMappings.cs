using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The mapping of a header's fields to columns.</summary>
/// <param name="Names">The header's names as read, in the file's order.</param>
/// <param name="Columns">For each of them, its column.</param>
public sealed record HeaderMapping(IReadOnlyList<string> Names, IReadOnlyList<string> Columns);

/// <summary>Stores the header mappings chosen by <c>load --create</c>, by table, so that every later load of the table binds
/// the header in the same way.</summary>
public static class HeaderMappings
{
    /// <summary>Maximum number of headers of one table that are read, newest first.</summary>
    const int Most = 100;

    /// <summary>The mappings of a table, newest first.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="target">Schema and name, quoted where SQL needs it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IReadOnlyList<HeaderMapping>> ReadAsync(
        NpgsqlConnection connection, string target, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT header::text, columns::text FROM ingest.header_mapping WHERE target = $1
            ORDER BY created_at DESC, header_hash LIMIT {Most}
            """, connection)
        { Parameters = { new() { Value = target } } };
        var mappings = new List<HeaderMapping>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            mappings.Add(new HeaderMapping(HeaderJson.Read(reader.GetString(0)), HeaderJson.Read(reader.GetString(1))));
        return mappings;
    }

    /// <summary>Records a mapping, in the transaction in progress if there is one.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="table">The table as written, by SQL's rules; it exists.</param>
    /// <param name="mapping">Replaces no other mapping of the same header.</param>
    /// <param name="isNew">The table was created just now: mappings of a table that had its name before are dropped.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task KeepAsync(
        NpgsqlConnection connection, string table, HeaderMapping mapping, bool isNew, CancellationToken cancellationToken)
    {
        var header = HeaderJson.Write(mapping.Names);
        await using var batch = new NpgsqlBatch(connection);
        if (isNew)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"DELETE FROM ingest.header_mapping WHERE target = ({TargetOf})")
            {
                Parameters = { new() { Value = table } },
            });
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            INSERT INTO ingest.header_mapping (target, header_hash, header, columns)
            VALUES (({TargetOf}), $2, $3::jsonb, $4::jsonb) ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = table },
                new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes(header)) },
                new() { Value = header },
                new() { Value = HeaderJson.Write(mapping.Columns) },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records a mapping, even if another one of the same header is stored.</summary>
    /// <param name="connection">In the transaction that changes the table.</param>
    /// <param name="target">Schema and name, quoted where SQL needs it.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task ReplaceAsync(NpgsqlConnection connection, string target, HeaderMapping mapping,
        CancellationToken cancellationToken)
    {
        var header = HeaderJson.Write(mapping.Names);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO ingest.header_mapping (target, header_hash, header, columns) VALUES ($1, $2, $3::jsonb, $4::jsonb)
            ON CONFLICT (target, header_hash) DO UPDATE SET columns = excluded.columns, created_at = excluded.created_at
            """, connection)
        {
            Parameters =
            {
                new() { Value = target },
                new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes(header)) },
                new() { Value = header },
                new() { Value = HeaderJson.Write(mapping.Columns) },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    const string TargetOf =
        """
        SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)
        """;
}
