using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>Pairs fields and columns.</summary>
static class ColumnPairing
{
    /// <summary>By the binding with which the file is loaded; if it cannot be bound, by equal names.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="table">Its table.</param>
    /// <param name="layout">Names the fields.</param>
    /// <param name="binding">Null when the header does not match the table.</param>
    public static FileColumns Of(PipelineOptions options, TargetTable table, RecordLayout layout, HeaderBinding? binding)
    {
        var fields = binding is null
            ? ByName(options, table, layout)
            : binding.Columns.ToDictionary(c => c.Column.Name, c => c.Field, StringComparer.Ordinal);
        var used = binding?.Used.Select(u => u.Field).ToHashSet() ?? [];
        var taken = fields.Values.ToHashSet();
        var free = table.Columns.Where(c => !c.IsGenerated && !fields.ContainsKey(c.Name) && !IsByPipeline(options, c.Name))
            .Select(c => c.Name).ToArray();
        return new FileColumns(table.QuotedName, IsThere: true, HasHeader: layout.IsByName,
        [
            .. table.Columns.Select(column => fields.TryGetValue(column.Name, out var field)
                ? new ColumnPair(field + 1, NameOf(layout, field), column.Name, column.TypeName, ColumnState.Filled)
                : new ColumnPair(null, null, column.Name, column.TypeName, StateOf(options, column))),
            .. Enumerable.Range(0, layout.FieldCount).Where(field => !taken.Contains(field)).Select(field => new ColumnPair(
                field + 1, NameOf(layout, field), null, null,
                used.Contains(field) ? ColumnState.Used
                : options.ExtraColumns == ExtraColumnPolicy.Rescue ? ColumnState.Rescued
                : ColumnState.LeftOut,
                NameOf(layout, field) is { } name ? NearColumn.Find(name, free) : null)),
        ]);
    }

    /// <summary>Without a header: by the note that the ledger took when the file was planned.</summary>
    public static FileColumns Of(PipelineOptions options, TargetTable table, ColumnsNote? note)
    {
        return new FileColumns(table.QuotedName, IsThere: true, HasHeader: false,
        [
            .. table.Columns.Select(column => new ColumnPair(null, null, column.Name, column.TypeName,
                note?.Unfilled.Contains(column.Name) == true ? ColumnState.Null
                : note?.Defaulted.Contains(column.Name) == true ? ColumnState.Default
                : column.IsGenerated || IsByPipeline(options, column.Name) ? StateOf(options, column) : ColumnState.Filled)),
            .. (note?.LeftOut ?? []).Select(f => new ColumnPair(f.Field, f.Name, null, null, ColumnState.LeftOut, f.Near)),
            .. (note?.Rescued ?? []).Select(f => new ColumnPair(f.Field, f.Name, null, null, ColumnState.Rescued)),
        ]);
    }

    /// <summary>By the header that the ledger stores for the rejects of the file.</summary>
    public static FileColumns OfHeader(PipelineOptions options, TargetTable table, IReadOnlyList<string> names, int fields) =>
        Of(
            options, table, new RecordLayout { Names = names, FieldCount = Math.Max(fields, names.Count), IsByName = true },
            binding: null);

    /// <summary>Without a table: the fields alone.</summary>
    public static FileColumns Of(string? table, RecordLayout layout) => new(table, IsThere: false, layout.IsByName,
        [.. Enumerable.Range(0, layout.FieldCount)
            .Select(field => new ColumnPair(field + 1, NameOf(layout, field), null, null, ColumnState.LeftOut))]);

    static Dictionary<string, int> ByName(PipelineOptions options, TargetTable table, RecordLayout layout)
    {
        var fields = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!layout.IsByName) return fields;
        var columns = table.Columns.Where(c => !c.IsGenerated)
            .ToLookup(c => HeaderName.Key(c.Name), c => c.Name, StringComparer.Ordinal);
        // Fields that are configured by their position come first, as in a load.
        foreach (var field in Enumerable.Range(0, layout.Names.Count)
            .OrderBy(f => !options.Columns.ContainsKey(FieldKey.Of(f))))
        {
            var wanted = options.Columns.GetValueOrDefault(FieldKey.Of(field))
                ?? options.Columns.GetValueOrDefault(HeaderName.Clean(layout.Names[field])) ?? layout.Names[field];
            if (columns[HeaderName.Key(wanted)].FirstOrDefault() is { } column) fields.TryAdd(column, field);
        }

        return fields;
    }

    static string? NameOf(RecordLayout layout, int field) =>
        layout.IsByName && field < layout.Names.Count ? HeaderName.Shown(layout.Names[field]) : null;

    static ColumnState StateOf(PipelineOptions options, TargetColumn column) =>
        column.IsGenerated ? ColumnState.Generated
        : IsByPipeline(options, column.Name) ? ColumnState.ByPipeline
        : column.HasDefault ? ColumnState.Default
        : column.NotNull ? ColumnState.Missing
        : ColumnState.Null;

    static bool IsByPipeline(PipelineOptions options, string column) =>
        options.Metadata.ContainsKey(column) || options.Compute.ContainsKey(column) || options.RescueColumn == column;
}
