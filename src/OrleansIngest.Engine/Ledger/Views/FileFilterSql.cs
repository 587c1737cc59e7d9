using System.Globalization;
using System.Text;
using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A <see cref="FileFilter"/> as a condition on <c>ingest.file f</c>.</summary>
static class FileFilterSql
{
    const string Open = "(SELECT coalesce(sum(r.rejects), 0) FROM ingest.reject_count r WHERE r.file_id = f.file_id)";

    // The same rule as FileStates.Of. rows_rejected > 0 first: few files have rejects, and open ones are counted for these only.
    const string Loaded = $"f.status = {FileStatusSql.Loaded} AND f.rows_rejected > 0";
    const string WithRejects = $"{Loaded} AND {Open} > 0";
    const string AllRejected = $"f.rows_loaded = 0 AND {Open} >= f.rows_rejected";

    public static List<string> Where(FileFilter filter, NpgsqlParameterCollection parameters)
    {
        var where = new List<string>();
        if (filter.Pipeline is { } pipeline) where.Add($"f.pipeline = {Add(pipeline)}");
        if (filter.Statuses.Count > 0) where.Add(States(filter, Add));
        if (filter.Node is { } node) where.Add($"f.owner_node = {Add(node)}");
        if (filter.Text is { } text) where.Add(
            // Folding only the case of ASCII letters takes half the time, and is enough for such a text.
            $"f.path{(Ascii.IsValid(text) ? " COLLATE \"C\"" : "")} ILIKE {Add("%" + LikePattern.Escape(text) + "%")}");
        return where;

        string Add(object value)
        {
            parameters.Add(new() { Value = value });
            return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
        }
    }

    public static string Join(IReadOnlyList<string> where) => where.Count == 0 ? "true" : string.Join(" AND ", where);

    static string States(FileFilter filter, Func<object, string> add)
    {
        var states = filter.Statuses;
        string[] statuses = [.. states.Where(FileStates.Statuses.Contains)];
        var any = new List<string>();
        // The index of waiting and of loading files serve only a condition that names the statuses.
        if (statuses.Length > 0) any.Add($"f.status = ANY ({add(statuses)})");
        var withRejects = filter.IsByOpenRejects ? Loaded : WithRejects;
        if (states.Contains(FileStates.LoadedWithRejects) && states.Contains(FileStates.AllRejected)) any.Add(withRejects);
        else if (states.Contains(FileStates.LoadedWithRejects)) any.Add($"{withRejects} AND NOT ({AllRejected})");
        else if (states.Contains(FileStates.AllRejected)) any.Add($"{withRejects} AND {AllRejected}");
        var either = any.Count == 1 ? any[0] : $"({string.Join(" OR ", any)})";
        // If only files with open rejects match, they are found through their rejects.
        return filter.IsByOpenRejects ? $"{HasOpen(filter.Descending)} AND {either}" : either;
    }

    /// <summary>In the order of the list, so that reading the index on file_id ends with a page of it.</summary>
    static string HasOpen(bool descending) =>
        $"""
        f.file_id IN (SELECT r.file_id FROM ingest.reject_count r GROUP BY r.file_id HAVING sum(r.rejects) > 0
            ORDER BY r.file_id {(descending ? "DESC" : "ASC")})
        """;
}
