using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>How rows of a stage go into a table that has rows with their keys.</summary>
public sealed class MergePlan
{
    /// <summary>The temporary table that rows are copied into: <c>n</c> is a row's number, <c>c1</c> and so on are the values.</summary>
    internal const string Stage = "pg_temp.ingest_stage";

    readonly string _select;
    readonly string _insert;

    /// <param name="mode">Upsert or insertNew.</param>
    /// <param name="table">Quoted, qualified.</param>
    /// <param name="columns">Those of the stage, in its order.</param>
    /// <param name="key">Names among them, with a unique index over exactly these.</param>
    /// <param name="updated">Names among them that an update sets; empty for all that are no key.</param>
    /// <param name="compared">Whether a column's change is a change of the row: not that of metadata.</param>
    /// <param name="newer">The name of the column that must be greater for an update; null for none.</param>
    public MergePlan(
        WriteMode mode, string table, IReadOnlyList<TargetColumn> columns, IReadOnlyList<string> key, IReadOnlyList<string> updated,
        Func<TargetColumn, bool> compared, string? newer)
    {
        var all = Enumerable.Range(1, columns.Count).Select(i => $"s.c{i}").ToArray();
        string Staged(string name) => all[columns.Select(c => c.Name).ToList().IndexOf(name)];
        var keys = string.Join(", ", key.Select(Staged));
        var isUpsert = mode == WriteMode.Upsert;
        var order = $"{keys}, {(newer is null ? "" : $"{Staged(newer)} DESC NULLS LAST, ")}s.n {(isUpsert ? "DESC" : "ASC")}";
        // The order of keys is that of the locks: two transactions that merge the same keys do not wait for each other in a circle.
        _select = $"SELECT DISTINCT ON ({keys}) {string.Join(", ", all)} FROM {Stage} s WHERE s.n BETWEEN {{0}} AND {{1}} ORDER BY {order}";
        var set = columns.Where(c => updated.Count == 0 ? !key.Contains(c.Name) : updated.Contains(c.Name)).ToArray();
        var differ = set.Where(compared).ToArray();
        var action = !isUpsert || set.Length == 0
            ? "DO NOTHING"
            : $"DO UPDATE SET {string.Join(", ", set.Select(c => $"{SqlName.Quote(c.Name)} = EXCLUDED.{SqlName.Quote(c.Name)}"))} WHERE {Condition(differ, newer)}";
        _insert =
            $"""
            INSERT INTO {table} AS t ({string.Join(", ", columns.Select(c => SqlName.Quote(c.Name)))}) OVERRIDING SYSTEM VALUE
            SELECT {string.Join(", ", all)} FROM ({_select}) s ON CONFLICT ({string.Join(", ", key.Select(SqlName.Quote))}) {action}
            """;
    }

    /// <summary>Merges the rows of the stage with numbers from <paramref name="low"/> to <paramref name="high"/>; gives how many were inserted and updated.</summary>
    internal string Statement(string low, string high) =>
        $"""
        WITH done AS ({string.Format(null, _insert, low, high)} RETURNING (t.xmax = 0) AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM done
        """;

    /// <summary>Images are compared, because not every type has an equality.</summary>
    static string Condition(TargetColumn[] columns, string? newer)
    {
        var differs = columns.Length == 0
            ? "true"
            : $"ROW({string.Join(", ", columns.Select(c => $"t.{SqlName.Quote(c.Name)}"))}) *<> ROW({string.Join(", ", columns.Select(c => $"EXCLUDED.{SqlName.Quote(c.Name)}"))})";
        return newer is null ? differs : $"{differs} AND (t.{SqlName.Quote(newer)} IS NULL OR EXCLUDED.{SqlName.Quote(newer)} > t.{SqlName.Quote(newer)})";
    }
}
