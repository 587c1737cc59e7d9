using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The table <c>public.corrupt_records</c>. A table of that name may belong to another program: the name is common,
/// also among users of Spark.</summary>
public static class CorruptRecordsTable
{
    // As in sql/030-corrupt-records.sql; additions of later scripts are not required.
    static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["id"] = "bigint",
        ["raw_record"] = "text",
        ["raw_bytes"] = "bytea",
        ["file"] = "text",
        ["file_id"] = "bigint",
        ["line"] = "bigint",
        ["record_number"] = "bigint",
        ["byte_offset"] = "bigint",
        ["reason"] = "text",
        ["column_name"] = "text",
        ["detail"] = "text",
        ["status"] = "text",
        ["pipeline"] = "text",
        ["ingestion_time"] = "timestamp with time zone",
    };

    /// <summary>Checks that an existing table is this program's.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ForeignTableException">It belongs to another program.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT a.attname::text, pg_catalog.format_type(a.atttypid, NULL)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE n.nspname = 'public' AND c.relname = 'corrupt_records'
            """, connection);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var exists = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            exists = true;
            if (!reader.IsDBNull(0)) found[reader.GetString(0)] = reader.GetString(1);
        }

        if (exists && Difference(found) is { } difference)
        {
            throw new ForeignTableException(
                $"public.corrupt_records exists, but is not this program's table: {difference}. Rejected records need a table of "
                + "this name. Rename yours (ALTER TABLE public.corrupt_records RENAME TO corrupt_records_before) or drop it, "
                + "then run this again.");
        }
    }

    static string? Difference(Dictionary<string, string> found)
    {
        string[] missing = [.. Columns.Keys.Where(name => !found.ContainsKey(name))];
        if (missing.Length > 0) return $"it lacks {(missing.Length == 1 ? "column" : "columns")} {string.Join(", ", missing)}";
        var other = Columns.FirstOrDefault(column => found[column.Key] != column.Value);
        return other.Key is null ? null : $"its column {other.Key} is {found[other.Key]}, not {other.Value}";
    }
}
