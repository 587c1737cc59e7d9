using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>How rows of a stage are merged into a table that may have rows with their keys.</summary>
/// <remarks>Of several rows of the stage with the same key, one is merged: the row that the table would have if they were merged
/// one after the other. Rows are merged in the order of their keys, so that two transactions with the same keys lock them in the
/// same order.</remarks>
public sealed class MergePlan(MergeColumns columns)
{
    /// <summary>The temporary table into which rows are copied: <c>n</c> is a row's number, <c>c1</c> and so on are the
    /// values.</summary>
    internal const string Stage = "pg_temp.ingest_stage";

    /// <summary>A setting that stores the key of the row that this transaction updated last.</summary>
    const string LastKey = "ingest.merged_key";

    /// <summary>The table's quoted, qualified name.</summary>
    public required string Table { get; init; }

    /// <summary>Whether rows of the table are updated; otherwise they stay unchanged.</summary>
    public required bool IsUpsert { get; init; }

    /// <summary>Whether the table has partitions: then <c>RETURNING</c> has no system columns.</summary>
    public required bool IsPartitioned { get; init; }

    /// <summary>Whether to expect that the table has none of the keys. Default: never.</summary>
    internal NewKeys NewKeys { get; init; } = new();

    /// <summary>Whether a merge failed because the table has no unique index on the key any more.</summary>
    internal static bool SaysNoKey(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.InvalidColumnReference };

    bool Updates => IsUpsert && columns.Updated.Count > 0;

    string Keys => string.Join(", ", columns.Key.Select(columns.Staged));

    string KeyOfTable => $"ROW({MergeColumns.List(columns.Key, "t.")})::text";

    /// <summary>Inserts all rows of the stage at once, as if the table had none of their keys; selects the same as
    /// <see cref="Statement(string, string)"/> for one part, otherwise the same as
    /// <see cref="Statement(IEnumerable{int})"/>.</summary>
    /// <remarks>The second INSERT has no rows: it fails if the key has no unique index, and makes statement triggers run as they
    /// would otherwise.</remarks>
    /// <param name="starts">The number of each part's first row, ascending.</param>
    internal string AllNew(IReadOnlyList<int> starts)
    {
        var into = $"INSERT INTO {Table} AS t ({MergeColumns.List(columns.Names)}) OVERRIDING SYSTEM VALUE SELECT {Values}";
        var met = $"met AS ({into} FROM {Stage} s WHERE false {OnConflict})";
        return starts.Count == 1
            ? $"WITH fresh AS ({into} FROM ({Winners("")}) s ORDER BY {Keys} RETURNING 1), {met} SELECT count(*), 0::bigint "
                + "FROM fresh"
            : $"""
              WITH won AS MATERIALIZED ({Winners("")}), fresh AS ({into} FROM won s ORDER BY {Keys}), {met}
              SELECT {Part(starts)}, count(*), 0::bigint FROM won s GROUP BY 1
              """;
    }

    static string Part(IEnumerable<int> starts) => $"width_bucket(s.n, ARRAY[{string.Join(", ", starts)}]) - 1";

    string Values => string.Join(", ", columns.Names.Select(columns.Staged));

    string KeysReturned => string.Join(", ", columns.Key.Select((name, i) => $"t.{QuotedName.Of(name)} AS k{i}"));

    string KeyReturned(int place) => $"d.k{place}";

    string KeyInTable(int place) => $"t.{QuotedName.Of(columns.Key[place])}";

    string Same(Func<int, string> other) => string.Join(" AND ",
        columns.Key.Select((name, i) => $"{other(i)} = {columns.Staged(name)}"));

    /// <summary>Merges the rows with numbers from <paramref name="low"/> to <paramref name="high"/>; selects the numbers of
    /// inserted and updated rows.</summary>
    internal string Statement(string low, string high) =>
        $"""
        WITH done AS ({Insert($"({Winners($" WHERE s.n BETWEEN {low} AND {high}")})")} RETURNING {IsNew} AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM done
        """;

    /// <summary>Merges all rows of the stage at once; selects, for each part with merged rows, its index and the numbers of
    /// inserted and updated rows.</summary>
    /// <param name="starts">The number of each part's first row, ascending.</param>
    internal string Statement(IEnumerable<int> starts) =>
        $"""
        WITH won AS MATERIALIZED ({Winners("")}), done AS ({Insert("won")} RETURNING {KeysReturned}, {IsNew} AS is_new)
        SELECT {Part(starts)}, count(*) FILTER (WHERE d.is_new), count(*) FILTER (WHERE NOT d.is_new)
        FROM done d JOIN won s ON {Same(KeyReturned)} GROUP BY 1
        """;

    /// <summary>Selects how many rows of the stage have no row in the table after a merge, because a
    /// trigger has discarded them.</summary>
    /// <param name="condition">A condition on <c>s</c> that selects the rows.</param>
    internal string Missing(string condition) =>
        $"SELECT count(*) FROM {Stage} s WHERE {condition} AND NOT EXISTS (SELECT FROM {Table} t WHERE {Same(KeyInTable)})";

    /// <summary>One row per key. If an update sets only some columns, the others are those of the first row, which would be
    /// inserted.</summary>
    string Winners(string condition)
    {
        var values = columns.Names.Select(name => IsUpsert && columns.IsPartial && !columns.Updated.Contains(name)
            ? $"first_value({columns.Staged(name)}) OVER (PARTITION BY {Keys} ORDER BY s.n) AS {columns.Staged(name)[2..]}"
            : columns.Staged(name));
        return $"SELECT DISTINCT ON ({Keys}) s.n, {string.Join(", ", values)} FROM {Stage} s{condition} ORDER BY {Keys}, {Order}";
    }

    /// <summary>Only a greater value replaces another, so the first of equal ones wins; among rows without a value, the
    /// last.</summary>
    string Order => !IsUpsert ? "s.n"
        : columns.Newer is not { } newer ? "s.n DESC"
        : $"{columns.Staged(newer)} DESC NULLS LAST, CASE WHEN {columns.Staged(newer)} IS NULL THEN -s.n ELSE s.n END";

    string Insert(string source) =>
        $"""
        INSERT INTO {Table} AS t ({MergeColumns.List(columns.Names)}) OVERRIDING SYSTEM VALUE
        SELECT {Values} FROM {source} s ORDER BY {Keys} {OnConflict}
        """;

    string OnConflict => $"ON CONFLICT ({MergeColumns.List(columns.Key)}) DO {(Updates ? Update : "NOTHING")}";

    string Update =>
        $"UPDATE SET {string.Join(", ", columns.Updated.Select(c => $"{QuotedName.Of(c)} = EXCLUDED.{QuotedName.Of(c)}"))} WHERE "
            + $"{Condition}";

    /// <summary>PostgreSQL evaluates it once for each row that it has locked for the update. An updated row of a plain table has
    /// an xmax: that of the lock.</summary>
    string Condition => IsPartitioned
        ? $"CASE WHEN {Changes} THEN set_config('{LastKey}', {KeyOfTable}, true) IS NOT NULL ELSE false END"
        : Changes;

    string IsNew => !Updates ? "true"
        : IsPartitioned ? $"current_setting('{LastKey}', true) IS DISTINCT FROM {KeyOfTable}" : "(t.xmax = 0)";

    /// <summary>Compares record images, because not every type has an equality operator.</summary>
    string Changes
    {
        get
        {
            var differs = columns.Compared.Count == 0
                ? "true"
                : $"record_image_ne(ROW({MergeColumns.List(columns.Compared, "t.")}), "
                    + $"ROW({MergeColumns.List(columns.Compared, "EXCLUDED.")}))";
            return columns.Newer is null
                ? differs
                : $"{differs} AND (t.{QuotedName.Of(columns.Newer)} IS NULL OR EXCLUDED.{QuotedName.Of(columns.Newer)} > "
                    + $"t.{QuotedName.Of(columns.Newer)})";
        }
    }
}
