using System.Text.Json.Nodes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Finds the columns that a header names differently: by a similar name, or because a field and a column without a
/// counterpart are the only two that fit each other.</summary>
/// <param name="failed">A trial that ended at the header.</param>
/// <param name="typesOf">The inferred types of the fields; empty when unknown.</param>
sealed class RenamedColumns(Trial failed, Func<IReadOnlyList<string>> typesOf)
{
    /// <summary>The <c>columns</c> of the pipeline with those that were found, the most complete first.</summary>
    public IEnumerable<Settings> Find()
    {
        if (failed is not { Layout: { IsByName: true } layout, Table: { } table }) yield break;
        var options = failed.Options;
        var keys = layout.Names.Select(HeaderName.Key).ToHashSet(StringComparer.Ordinal);
        var free = table.Columns
            .Where(c => !c.IsGenerated && !keys.Contains(HeaderName.Key(c.Name)) && !options.Columns.Values.Contains(c.Name)
                && !options.Metadata.ContainsKey(c.Name) && !options.Compute.ContainsKey(c.Name)
                && options.RescueColumn != c.Name)
            .ToList();
        var columns = table.Columns.Select(c => HeaderName.Key(c.Name)).ToHashSet(StringComparer.Ordinal);
        var fields = Enumerable.Range(0, layout.Names.Count)
            .Where(f => HeaderName.Clean(layout.Names[f]) is { Length: > 0 } name && !options.Columns.ContainsKey(name)
                && !columns.Contains(HeaderName.Key(name)))
            .ToList();
        var near = new List<(int Field, string Column)>();
        foreach (var field in fields.ToArray())
        {
            if (NearColumn.Find(HeaderName.Clean(layout.Names[field]), [.. free.Select(c => c.Name)]) is not { } column) continue;
            free.RemoveAll(c => c.Name == column);
            fields.Remove(field);
            near.Add((field, column));
        }

        // A file that shares no name with the table belongs to another one, or has no header.
        var left = keys.Overlaps(columns) ? OnlyPairs(fields, [.. Wanted(free)]) : [];
        if (left.Count > 0) yield return [Mapping(layout, [.. near, .. left])];
        if (near.Count > 0) yield return [Mapping(layout, near)];
    }

    /// <summary>A column with a default is usually not in the file. If columns are missing, the field is one of these.</summary>
    IEnumerable<TargetColumn> Wanted(List<TargetColumn> free)
    {
        var without = free.Where(c => !c.HasDefault).ToArray();
        var missing = failed.Options.MissingColumns == MissingColumnPolicy.Quarantine ? without
            : [.. without.Where(c => c.NotNull)];
        return missing.Length > 0 ? missing : without;
    }

    /// <summary>The pairs of which each fits nothing but the other.</summary>
    List<(int Field, string Column)> OnlyPairs(List<int> fields, TargetColumn[] columns)
    {
        if (fields.Count == 0 || columns.Length == 0 || typesOf() is not { Count: > 0 } types) return [];
        var pairs = fields
            .SelectMany(f => columns.Where(c => ColumnKind.Holds(c.BaseTypeName, types[f])).Select(c => (f, c.Name)))
            .ToArray();
        return [.. pairs.Where(p => pairs.Count(o => o.f == p.f) == 1 && pairs.Count(o => o.Name == p.Name) == 1)];
    }

    OptionSetting Mapping(RecordLayout layout, List<(int Field, string Column)> found)
    {
        var mapping = new JsonObject();
        foreach (var (name, column) in failed.Options.Columns) mapping[name] = column;
        foreach (var (field, column) in found) mapping[HeaderName.Clean(layout.Names[field])] = column;
        return OptionSetting.Of("columns", mapping);
    }
}
