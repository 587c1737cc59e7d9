using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Checks that apply to a row only when it is inserted into its table, and that a dry run cannot foresee.</summary>
static class ArrivalChecks
{
    // Values of domains over types with an encoder are checked by the domain only in the COPY.
    const string Find =
        """
        SELECT CASE contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion constraint'
            WHEN 'p' THEN 'primary key'
                   WHEN 'u' THEN 'unique key' ELSE 'constraint' END || ' ' || quote_ident(conname)
        FROM pg_catalog.pg_constraint WHERE conrelid = $1::oid AND contype <> 'n'
        UNION ALL
        SELECT 'unique index ' || quote_ident(c.relname) FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = $1::oid AND i.indisunique
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid)
        UNION ALL
        SELECT 'trigger ' || quote_ident(tgname) FROM pg_catalog.pg_trigger
        WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 4 = 4
        UNION ALL
        SELECT DISTINCT 'domain ' || format_type(t.oid, NULL) FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype = 'd'
        ORDER BY 1
        """;

    /// <summary>Their kinds and names, in order.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        NpgsqlConnection connection, TargetTable table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = (long)table.Oid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) names.Add(reader.GetString(0));
        return names;
    }
}
