namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The keys of a page of files, as SQL. Only keys are sorted, because rows are wide. If a condition prevents PostgreSQL
/// from reading a page from an index, the page is merged from pages of parts that each have an index.</summary>
static class FileKeysSql
{
    /// <summary>Each state is in exactly one of these, and an index of the files waiting, loading, quarantined or excluded leads
    /// to the few that are not loaded.</summary>
    static readonly (FileStatus[] States, string Sql)[] ByState =
    [
        Of(FileStatus.Loaded), Of(FileStatus.Discovered, FileStatus.Ready, FileStatus.Failed), Of(FileStatus.Loading),
        Of(FileStatus.Quarantined), Of(FileStatus.Ignored, FileStatus.Vanished),
    ];

    /// <summary>A query for <c>file_id</c>.</summary>
    /// <param name="filter">Selects the files.</param>
    /// <param name="order">Their order.</param>
    /// <param name="part">The part of the list, whose condition is in <paramref name="where"/>.</param>
    /// <param name="where">The conditions on <c>ingest.file f</c>.</param>
    /// <param name="limit">SQL: the maximum number.</param>
    public static string Query(
        FileFilter filter, FileOrderSql order, FileOrderSql.Part part, IReadOnlyList<string> where, string limit)
    {
        if (filter is { Text: null, IsByOpenRejects: false })
        {
            if (filter.Sort is FileSort.Size or FileSort.Mtime or FileSort.Rows)
            {
                return Merged(order, limit, string.Join(
                    "\nUNION ALL\n", StatesOf(filter).Select(state => $"({Page(order, part, [.. where, state], limit)})")));
            }

            // The index on pipeline and path has the paths of each pipeline in order.
            if (filter is { Sort: FileSort.Path, Pipeline: null, Node: null })
            {
                return Merged(
                    order, limit,
                    $"""
                    SELECT of_pipeline.* FROM ingest.pipeline p
                    CROSS JOIN LATERAL ({Page(order, part, [.. where, "f.pipeline = p.name"], limit)}) of_pipeline
                    """);
            }
        }

        return $"SELECT file_id FROM ({Page(order, part, where, limit)}) page";
    }

    static string Page(FileOrderSql order, FileOrderSql.Part part, IReadOnlyList<string> where, string limit) =>
        $"""
        SELECT f.file_id, {order.Value} AS value FROM ingest.file f WHERE {FileFilterSql.Join(where)}
        ORDER BY {part.OrderBy} LIMIT {limit}
        """;

    static string Merged(FileOrderSql order, string limit, string pages) =>
        $"""
        SELECT file_id FROM (
        {pages}
        ) pages ORDER BY value {order.Direction}, file_id {order.Direction} LIMIT {limit}
        """;

    static IEnumerable<string> StatesOf(FileFilter filter)
    {
        // Files with open rejects are loaded.
        var asked = filter.Statuses.Select(state => FileStates.Statuses.Contains(state) ? state : FileStatus.Loaded.ToName())
            .ToHashSet();
        return ByState.Where(part => asked.Count == 0 || part.States.Any(state => asked.Contains(state.ToName())))
            .Select(part => part.Sql);
    }

    static (FileStatus[] States, string Sql) Of(params FileStatus[] states) => (states, states.Length == 1
        ? $"f.status = {FileStatusSql.Of(states[0])}"
        : $"f.status IN ({string.Join(", ", states.Select(FileStatusSql.Of))})");
}
