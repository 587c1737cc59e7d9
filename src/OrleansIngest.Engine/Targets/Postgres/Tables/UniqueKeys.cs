using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The sets of columns that tell the rows of a table apart: what <c>ON CONFLICT</c> can be asked about.</summary>
static class UniqueKeys
{
    /// <summary>Reads the columns of unique indexes that are in force at once, for all rows, and have no expressions.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> ReadAsync(NpgsqlConnection connection, TargetTable table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT array_agg(a.attname::text ORDER BY k.place)
            FROM pg_catalog.pg_index x CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k (number, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
            WHERE x.indrelid = $1::oid AND x.indisunique AND x.indisvalid AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL
                AND k.place <= x.indnkeyatts
            GROUP BY x.indexrelid ORDER BY x.indexrelid
            """, connection)
        { Parameters = { new() { Value = (long)table.Oid } } };
        var keys = new List<IReadOnlyList<string>>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) keys.Add(reader.GetFieldValue<string[]>(0));
        return keys;
    }
}
