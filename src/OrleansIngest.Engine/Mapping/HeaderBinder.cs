using System.Globalization;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Mapping;

/// <summary>The rules behind <see cref="HeaderBinding"/>. Four passes over the header, each for the fields that the previous one
/// left unbound: the pipeline's <c>columns</c>; the mapping stored for this header; the names; the names of other headers stored
/// for the table.</summary>
sealed class HeaderBinder
{
    readonly TargetTable _table;
    readonly HeaderBindingOptions _options;
    readonly string[] _shown;
    readonly string[] _keys;
    readonly string[] _cleaned;
    readonly Dictionary<string, TargetColumn> _columns;
    readonly ILookup<string, TargetColumn> _alike;
    readonly ILookup<string, string> _aliases;
    readonly TargetColumn?[] _bound;
    readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <param name="table">The table to fill.</param>
    /// <param name="names">As read.</param>
    /// <param name="options">Aliases, stored headers and policies.</param>
    public HeaderBinder(TargetTable table, IReadOnlyList<string> names, HeaderBindingOptions options)
    {
        (_table, _options) = (table, options);
        _shown = [.. names.Select(HeaderName.Shown)];
        _keys = [.. names.Select(HeaderName.Key)];
        _cleaned = [.. names.Select(HeaderName.Clean)];
        _columns = table.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        _alike = table.Columns.ToLookup(c => HeaderName.Key(c.Name), StringComparer.Ordinal);
        _aliases = options.Aliases.Where(a => FieldKey.Read(a.Key) is null).ToLookup(a => HeaderName.Key(a.Key), a => a.Value,
            StringComparer.Ordinal);
        _bound = new TargetColumn?[names.Count];
    }

    public HeaderBindingResult ByName()
    {
        var kept = _options.Kept.FirstOrDefault(header => header.Fits(_keys));
        var problem = BindConfigured();
        if (problem is null && kept is not null) BindKept(kept);
        problem ??= BindNamed(kept is not null);
        if (problem is not null) return Failed(problem);
        BindRemembered();
        return _taken.Count == 0 && !Unbound().Any(IsUsed)
            ? Failed("None of the header's names is a column of the table (does the file have a header?)")
            : Complete();
    }

    public HeaderBindingResult ByPosition()
    {
        var writable = _table.Columns.Where(c => !c.IsGenerated).Take(_bound.Length).ToArray();
        for (var field = 0; field < writable.Length; field++) Bind(field, writable[field]);
        return _taken.Count == 0 ? Failed("The file has no fields, or the table has no columns") : Complete();
    }

    /// <summary>By position (<c>#3</c>) and by name.</summary>
    string? BindConfigured()
    {
        foreach (var (key, wanted) in _options.Aliases)
        {
            if (FieldKey.Read(key) is not { } field) continue;
            if (field >= _bound.Length) return $"The configuration maps {key}, but the header has {Count(_bound.Length)}";
            var named = Array.IndexOf(_cleaned, key.Trim());
            if (named >= 0 && named != field && !_options.Aliases.ContainsKey(FieldKey.Of(named)))
                return $"The configuration maps {key}, which is field {field + 1}; field {named + 1} has that name: write "
                    + $"{FieldKey.Of(named)} for it";
            if (BindTo(field, wanted, key) is { } problem) return problem;
        }

        for (var field = 0; field < _bound.Length; field++)
        {
            if (_bound[field] is null && Alias(field) is { } wanted && BindTo(field, wanted, _shown[field]) is { } problem)
                return problem;
        }

        return null;
    }

    /// <summary>Columns that the table no longer has are left to the other passes.</summary>
    void BindKept(StoredHeader kept)
    {
        for (var field = 0; field < _bound.Length && field < kept.Columns.Count; field++) BindIfFree(field, kept.Columns[field]);
    }

    /// <param name="leavesTaken">Whether a column that is already filled by another field is skipped instead of refused.</param>
    string? BindNamed(bool leavesTaken)
    {
        for (var field = 0; field < _bound.Length; field++)
        {
            if (_bound[field] is not null || _keys[field].Length == 0) continue;
            var column = Find(_cleaned[field], _shown[field], out var problem);
            if (column is not null && !(leavesTaken && _taken.ContainsKey(column.Name))) problem = Bind(field, column);
            if (problem is not null) return problem;
        }

        return null;
    }

    void BindRemembered()
    {
        if (_options.Kept.Count == 0) return;
        for (var field = 0; field < _bound.Length; field++)
        {
            if (_bound[field] is not null || _keys[field].Length == 0 || _keys.Count(k => k == _keys[field]) > 1) continue;
            if (_options.Kept.Select(header => header.ColumnOf(_keys[field]))
                .FirstOrDefault(column => column is not null) is { } remembered)
                BindIfFree(field, remembered);
        }
    }

    void BindIfFree(int field, string name)
    {
        if (_bound[field] is null && _columns.TryGetValue(name, out var column) && !column.IsGenerated
            && !_taken.ContainsKey(name)) Bind(field, column);
    }

    string? BindTo(int field, string wanted, string source)
    {
        var column = Find(wanted, wanted, out var problem);
        if (column is not null) return Bind(field, column);
        return problem
            ?? $"{source} is mapped to column {wanted}, which the table does not have{DidYouMean(wanted, _table.Columns)}";
    }

    string? Bind(int field, TargetColumn column)
    {
        if (column.IsGenerated) return $"The header has {column.Name}, a generated column, which cannot be written";
        if (_taken.TryAdd(column.Name, field))
        {
            _bound[field] = column;
            return null;
        }

        var (first, second) = (Math.Min(_taken[column.Name], field), Math.Max(_taken[column.Name], field));
        return _keys[first] == _keys[second] && _keys[first].Length > 0
            ? $"The header has {_shown[second]} more than once; tell the fields apart by their position in \"columns\" of "
                + $"ingest.json: \"{FieldKey.Of(first)}\": …, \"{FieldKey.Of(second)}\": …"
            : $"The header has column {column.Name} twice: {Named(first)}, {Named(second)}";
    }

    string? Alias(int field)
    {
        if (_keys[field].Length == 0 || _aliases.Count == 0) return null;
        return FieldKey.Read(_cleaned[field]) is null && _options.Aliases.TryGetValue(_cleaned[field], out var exact)
            ? exact
            : _aliases[_keys[field]].FirstOrDefault();
    }

    /// <summary>The column of exactly this name, or the only one that is equal except for case
    /// and invisible characters.</summary>
    TargetColumn? Find(string name, string shown, out string? problem)
    {
        problem = null;
        if (_columns.TryGetValue(name, out var exact)) return exact;
        var alike = _alike[HeaderName.Key(name)].ToArray();
        if (alike.Length > 1) problem = $"{shown} may mean {string.Join(" or ", alike.Select(c => c.Name))}";
        return alike.Length == 1 ? alike[0] : null;
    }

    HeaderBindingResult Complete()
    {
        var unfilled = _table.Columns.Where(c => !c.IsGenerated && !_taken.ContainsKey(c.Name) && !_options.IsFilled(c.Name))
            .ToArray();
        var missing = unfilled.Where(c => _options.MissingColumns == MissingColumnPolicy.Quarantine || IsRequired(c)).ToArray();
        if (missing.Length > 0)
        {
            var kind = missing.Any(IsRequired) ? "required " : "";
            return Failed($"The file lacks {kind}column{(missing.Length > 1 ? "s" : "")} {List(missing.Select(c => c.Name))}");
        }

        var free = unfilled.Select(c => c.Name).ToArray();
        UnmappedField[] unmapped = [.. Unbound().Where(field => !IsUsed(field))
            .Select(field => new UnmappedField(field, _shown[field], NearColumn.Find(_cleaned[field], free)))];
        if (unmapped.Length > 0 && _options.ExtraColumns == ExtraColumnPolicy.Quarantine)
            return Failed($"The table has no column for {List(unmapped.Select(i => Named(i.Field)))}");
        return HeaderBindingResult.Bound(new HeaderBinding
        {
            Columns = [.. _table.Columns.Where(c => _taken.ContainsKey(c.Name)).Select(c => new BoundColumn(c, _taken[c.Name]))],
            Unmapped = unmapped,
            Unfilled = unfilled,
            Used = [.. Unbound().Where(IsUsed).Select(field => (field, _cleaned[field]))],
            FieldCount = _bound.Length,
        });
    }

    /// <summary>A name that occurs twice is ambiguous and matches nothing.</summary>
    bool IsUsed(int field) => _cleaned[field].Length > 0 && _options.IsUsed(_cleaned[field])
        && _cleaned.Count(name => name == _cleaned[field]) == 1;

    IEnumerable<int> Unbound() => Enumerable.Range(0, _bound.Length).Where(field => _bound[field] is null);

    static bool IsRequired(TargetColumn column) => column is { NotNull: true, HasDefault: false, IsGenerated: false };

    HeaderBindingResult Failed(string problem)
    {
        var free = _table.Columns.Where(c => !c.IsGenerated && !_taken.ContainsKey(c.Name)).Select(c => c.Name).ToArray();
        var near = Unbound().Select(field => (Field: field, Column: NearColumn.Find(_cleaned[field], free)))
            .Where(n => n.Column is not null).Take(3)
            .Select(n => $" {_shown[n.Field]}: did you mean {n.Column}?");
        return HeaderBindingResult.Failed($"{problem}. In the file: {List(_shown)}. Required by {_table.QuotedName}: "
            + $"{List(_table.Columns.Where(IsRequired).Select(c => c.Name))}; optional: "
            + $"{List(_table.Columns.Where(c => !c.IsGenerated && !IsRequired(c)).Select(c => c.Name))}.{string.Concat(near)}");
    }

    static string DidYouMean(string name, IEnumerable<TargetColumn> columns) =>
        NearColumn.Find(name, [.. columns.Where(c => !c.IsGenerated).Select(c => c.Name)]) is { } near
            ? $" (did you mean {near}?)" : "";

    string Named(int field) => _shown[field].Length > 0 ? _shown[field]
        : string.Create(CultureInfo.InvariantCulture, $"field {field + 1}");

    static string Count(int fields) => Counted.Of(fields, "field");

    static string List(IEnumerable<string> names)
    {
        const int Most = 50;
        var all = names.Select(n => n.Length > 0 ? n : "\"\"").DefaultIfEmpty("nothing").ToArray();
        return string.Join(", ", all.Take(Most))
            + (all.Length > Most ? string.Create(CultureInfo.InvariantCulture, $", … and {all.Length - Most:N0} more") : "");
    }
}
