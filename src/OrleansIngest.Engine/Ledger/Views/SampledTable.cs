using System.Globalization;
using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A readable table, from the catalogue.</summary>
sealed record SampledTable
{
    const uint Bytea = 17;

    /// <summary>Schema and name, quoted where SQL needs it.</summary>
    public required string FullName { get; init; }

    /// <summary>Whether its rows have a location: an ordinary table, a partitioned one, or a materialized view.</summary>
    public required bool HasPlaces { get; init; }

    /// <summary>Pages of 8 KiB (the server's block size) of an ordinary table; 0 for others.</summary>
    public required long Pages { get; init; }

    /// <summary>The same, of all partitions of a partitioned table.</summary>
    public required long AllPages { get; init; }

    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>A column; if a plain index starts with it, its largest values are found quickly.</summary>
    public sealed record Column(string Name, string Type, uint TypeOid, bool IsIndexed)
    {
        public string Sql => $"r.{QuotedName.Of(Name)}";

        /// <summary>The beginning of its value as text. A long bytea is cut before it is converted to hexadecimal
        /// digits.</summary>
        public string Beginning(int characters) => TypeOid == Bytea
            ? string.Create(CultureInfo.InvariantCulture,
                $"left('\\x' || encode(substr({Sql}, 1, {characters}), 'hex'), {characters})")
            : string.Create(CultureInfo.InvariantCulture, $"left({Sql}::text, {characters})");
    }

    /// <summary>Looks up a table that the current role may read at least in part; null if there is none.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="table">By SQL's rules.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SampledTable?> ReadAsync(
        NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text, CASE WHEN c.relkind IN ('r', 'm') THEN
                    pg_relation_size(c.oid) / current_setting('block_size')::bigint ELSE 0 END,
                a.attname::text, format_type(a.atttypid, a.atttypmod), a.atttypid,
                EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                    JOIN pg_catalog.pg_am m ON m.oid = x.relam
                    WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL
                        AND m.amname = 'btree'),
                CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid)
                    WHEN c.relkind = 'p' THEN (SELECT sum(pg_relation_size(t.relid))::bigint FROM pg_partition_tree(c.oid) t)
                    ELSE 0 END / current_setting('block_size')::bigint
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY a.attnum
            """, connection);
        command.Parameters.Add(new() { Value = table });
        SampledTable? found = null;
        var columns = new List<Column>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found ??= new SampledTable
            {
                FullName = reader.GetString(0),
                HasPlaces = reader.GetString(1) is "r" or "p" or "m",
                Pages = reader.GetInt64(2),
                AllPages = reader.GetInt64(7),
                Columns = columns,
            };
            columns.Add(new Column(reader.GetString(3), reader.GetString(4), reader.GetFieldValue<uint>(5),
                reader.GetBoolean(6)));
        }

        return found;
    }

    public Column? Find(string? name) => name is null ? null : Columns.FirstOrDefault(column => column.Name == name);
}
