using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Suggestions for a table that does not exist: one that differs in case, which SQL folds unless it is quoted; one of
/// the same name in another schema; one whose name differs by a few letters. Cold: used only if a table is missing.</summary>
static class NearTables
{
    const int Most = 3;

    // Names for SQL, and as in the catalogue; a table in this session's search_path needs no schema.
    const string Find =
        """
        SELECT n.nspname::text, c.relname::text,
               CASE WHEN pg_table_is_visible(c.oid) THEN quote_ident(c.relname)
                   ELSE quote_ident(n.nspname) || '.' || quote_ident(c.relname) END
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'ingest', 'orleans')
            AND has_schema_privilege(n.oid, 'USAGE')
        ORDER BY pg_table_is_visible(c.oid) DESC, n.nspname, c.relname LIMIT 10000
        """;

    /// <summary>A sentence with a leading space, such as <c> Did you mean shop.orders?</c>; empty when no table is
    /// near.</summary>
    public static async Task<string> SuggestAsync(NpgsqlConnection connection, string qualifiedName,
        CancellationToken cancellationToken)
    {
        var (schema, name) = Asked(qualifiedName);
        var known = new List<(string Schema, string Name, string Sql)>();
        await using (var command = new NpgsqlCommand(Find, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                known.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        string[] alike = [.. known.Where(table => Same(table.Name, name))
            .OrderByDescending(table => schema is not null && Same(table.Schema, schema)).Select(table => table.Sql)];
        var isQuoted = qualifiedName.Contains('"', StringComparison.Ordinal);
        if (alike.Length > 0) return Sentence(alike, isQuoted);
        return NearestName.Find(name, known.Select(table => table.Name)) is { } nearest
            ? Sentence([.. known.Where(table => table.Name == nearest).Select(table => table.Sql)], isQuoted)
            : "";
    }

    static string Sentence(string[] tables, bool isQuoted)
    {
        var more = tables.Length > Most ? $" or {tables.Length - Most} more of that name" : "";
        // A shell removes the quotes, and without them SQL folds the name; whoever wrote quotes knows that.
        var quoted = !isQuoted && tables[0].Contains('"', StringComparison.Ordinal)
            ? $" The double quotes belong to the name: --table '{tables[0]}'." : "";
        return $" Did you mean {string.Join(" or ", tables.Take(Most))}{more}?{quoted}";
    }

    static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Schema and name without quotes, ignoring case.</summary>
    static (string? Schema, string Name) Asked(string qualifiedName)
    {
        var parts = new List<string>();
        var quoted = false;
        var start = 0;
        for (var i = 0; i <= qualifiedName.Length; i++)
        {
            if (i < qualifiedName.Length && qualifiedName[i] == '"') quoted = !quoted;
            if (i < qualifiedName.Length && (quoted || qualifiedName[i] != '.')) continue;
            parts.Add(qualifiedName[start..i].Trim().Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal));
            start = i + 1;
        }

        return parts.Count > 1 ? (parts[^2], parts[^1]) : (null, parts[0]);
    }
}
