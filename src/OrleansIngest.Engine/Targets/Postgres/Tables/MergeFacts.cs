using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The facts about a table that a merge into it needs.</summary>
/// <param name="Keys">Its unique keys, the primary key first.</param>
/// <param name="IsPartitioned">Whether its rows are in partitions.</param>
/// <param name="MaySelect">Whether the database user may read it.</param>
/// <param name="MayUpdate">Whether the database user may update it.</param>
public sealed record MergeFacts(IReadOnlyList<UniqueKey> Keys, bool IsPartitioned, bool MaySelect, bool MayUpdate)
{
    /// <summary>Reads the facts.</summary>
    public static async Task<MergeFacts> ReadAsync(NpgsqlConnection connection, TargetTable table,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relkind = 'p', has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'UPDATE'),
                x.indexrelid::regclass::text, x.indisprimary,
                ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
                    WHERE k.place <= x.indnkeyatts ORDER BY k.place),
                CASE WHEN x.indpred IS NOT NULL THEN 'is partial: WHERE ' || pg_get_expr(x.indpred, x.indrelid)
                    WHEN NOT x.indimmediate THEN 'is deferrable'
                    WHEN NOT x.indisvalid THEN 'is invalid: CREATE INDEX has failed or is still running' END,
                i.relname::text
            FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index x ON x.indrelid = c.oid AND x.indisunique
                AND x.indexprs IS NULL
                LEFT JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
            WHERE c.oid = $1::oid ORDER BY x.indisprimary DESC, x.indexrelid
            """, connection)
        { Parameters = { new() { Value = (long)table.Oid } } };
        var keys = new List<UniqueKey>();
        var (isPartitioned, maySelect, mayUpdate) = (false, false, false);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            (isPartitioned, maySelect, mayUpdate) = (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
            if (reader.IsDBNull(3)) continue;
            keys.Add(new UniqueKey(
                reader.GetString(3), reader.GetFieldValue<string[]>(5), reader.GetBoolean(4),
                reader.IsDBNull(6) ? null : reader.GetString(6))
            {
                IndexName = reader.GetString(7),
            });
        }

        return new MergeFacts(keys, isPartitioned, maySelect, mayUpdate);
    }
}

/// <summary>A unique index or constraint of a table, without expressions.</summary>
/// <param name="Name">The name of the index.</param>
/// <param name="Columns">In the index's order.</param>
/// <param name="IsPrimary">Whether it is the primary key.</param>
/// <param name="Flaw">Why <c>ON CONFLICT</c> cannot use it, such as "is partial: WHERE …"; null when it can.</param>
public sealed record UniqueKey(string Name, IReadOnlyList<string> Columns, bool IsPrimary, string? Flaw)
{
    /// <summary>The index's name as stored, as in errors of the server. Default: empty.</summary>
    public string IndexName { get; init; } = "";
}
