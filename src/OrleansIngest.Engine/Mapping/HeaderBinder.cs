using System.Globalization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Mapping;

/// <summary>The rules behind <see cref="HeaderBinding"/>.</summary>
sealed class HeaderBinder(TargetTable table, HeaderBindingOptions options)
{
    const char ByteOrderMark = '\uFEFF';

    public HeaderBindingResult ByName(IReadOnlyList<string> names)
    {
        var cleaned = names.Select(Clean).ToArray();
        if (FirstDuplicate(cleaned) is { } duplicate)
            return Failed($"The header has {duplicate} more than once", cleaned);

        var fields = new Dictionary<TargetColumn, int>();
        var ignored = new List<IgnoredField>();
        for (var field = 0; field < cleaned.Length; field++)
        {
            if (Find(cleaned[field], out var problem) is not { } column)
            {
                if (problem is not null)
                    return Failed(problem, cleaned);
                ignored.Add(new IgnoredField(field, cleaned[field]));
            }
            else if (column.IsGenerated)
            {
                return Failed($"The header has {column.Name}, a generated column, which cannot be written", cleaned);
            }
            else if (!fields.TryAdd(column, field))
            {
                return Failed($"The header has column {column.Name} twice: {cleaned[fields[column]]}, {cleaned[field]}", cleaned);
            }
        }

        return fields.Count == 0
            ? Failed("None of the header's names is a column of the table (does the file have a header?)", cleaned)
            : Complete(fields, ignored, cleaned);
    }

    public HeaderBindingResult ByPosition(int fieldCount)
    {
        var writable = table.Columns.Where(c => !c.IsGenerated).ToArray();
        var fields = writable.Take(fieldCount).Select((column, field) => (column, field)).ToDictionary(p => p.column, p => p.field);
        var extra = Enumerable.Range(0, fieldCount).Skip(writable.Length).Select(field => new IgnoredField(field, "")).ToArray();
        string[] names = [.. Enumerable.Range(1, fieldCount).Select(field => field.ToString(CultureInfo.InvariantCulture))];
        return fields.Count == 0 ? Failed("The file has no field, or the table no column", names) : Complete(fields, extra, names);
    }

    static string Clean(string name)
    {
        // A mark in front of a quote hides it from the CSV reader.
        var trimmed = name.Trim().TrimStart(ByteOrderMark).Trim();
        if (trimmed is ['"', _, .., '"'])
            trimmed = trimmed[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Trim();
        return trimmed;
    }

    /// <summary>Names that are equal but for capitals are told apart when the table does.</summary>
    string? FirstDuplicate(string[] names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var seenIgnoringCase = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Where(n => n.Length > 0))
        {
            if (!seen.Add(name) || (!seenIgnoringCase.Add(name) && !table.Columns.Any(c => c.Name == name)))
                return name;
        }

        return null;
    }

    TargetColumn? Find(string name, out string? problem)
    {
        problem = null;
        if (name.Length == 0)
            return null;
        if (!TryAlias(name, out var wanted))
            return FindColumn(name, out problem);
        var column = FindColumn(wanted, out problem);
        if (column is null)
            problem ??= $"{name} is to fill column {wanted}, which the table does not have";
        return column;
    }

    bool TryAlias(string name, out string column)
    {
        if (options.Aliases.TryGetValue(name, out column!))
            return true;
        column = options.Aliases.FirstOrDefault(a => string.Equals(a.Key.Trim(), name, StringComparison.OrdinalIgnoreCase)).Value;
        return column is not null;
    }

    TargetColumn? FindColumn(string name, out string? problem)
    {
        problem = null;
        if (table.Columns.FirstOrDefault(c => c.Name == name) is { } exact)
            return exact;
        var alike = table.Columns.Where(c => string.Equals(c.Name.Trim(), name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (alike.Length > 1)
            problem = $"{name} may mean {string.Join(" or ", alike.Select(c => c.Name))}";
        return alike.Length == 1 ? alike[0] : null;
    }

    HeaderBindingResult Complete(Dictionary<TargetColumn, int> fields, IReadOnlyList<IgnoredField> ignored, string[] names)
    {
        var missing = table.Columns.Where(c => !c.IsGenerated && !fields.ContainsKey(c)
            && (options.MissingColumns == MissingColumnPolicy.Quarantine || IsRequired(c))).ToArray();
        if (missing.Length > 0)
        {
            var kind = missing.Any(IsRequired) ? "required " : "";
            return Failed($"The file lacks {kind}column{(missing.Length > 1 ? "s" : "")} {List(missing.Select(c => c.Name))}", names);
        }

        if (ignored.Count > 0 && options.ExtraColumns == ExtraColumnPolicy.Quarantine)
            return Failed($"The table has no column for {List(ignored.Select(i => i.Name.Length > 0 ? i.Name : $"field {i.Field + 1}"))}", names);
        return HeaderBindingResult.Bound(new HeaderBinding
        {
            Columns = [.. table.Columns.Where(fields.ContainsKey).Select(c => new BoundColumn(c, fields[c]))],
            Ignored = ignored,
            FieldCount = names.Length,
        });
    }

    static bool IsRequired(TargetColumn column) => column is { NotNull: true, HasDefault: false, IsGenerated: false };

    HeaderBindingResult Failed(string problem, string[] names)
        => HeaderBindingResult.Failed($"{problem}. In the file: {List(names)}. Required by {table.QuotedName}: "
            + $"{List(table.Columns.Where(IsRequired).Select(c => c.Name))}; optional: "
            + $"{List(table.Columns.Where(c => !c.IsGenerated && !IsRequired(c)).Select(c => c.Name))}.");

    static string List(IEnumerable<string> names) => string.Join(", ", names.Select(n => n.Length > 0 ? n : "\"\"").DefaultIfEmpty("nothing"));
}
