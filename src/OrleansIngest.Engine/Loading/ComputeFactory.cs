using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Creates the part of a plan that the server evaluates: computed columns, and values of other tables.</summary>
/// <param name="options">The pipeline.</param>
/// <param name="table">Its table.</param>
/// <param name="types">The server's answers; null if it was not asked yet.</param>
sealed class ComputeFactory(PipelineOptions options, TargetTable table, ComputeTypes? types)
{
    /// <summary>Whether the server evaluates anything.</summary>
    public bool IsNeeded { get; } = options.Compute.Count > 0 || options.Rules.Any(rule => rule is FoundInRule);

    /// <summary>Checks that the table has the computed columns.</summary>
    /// <exception cref="TargetTableException">It does not.</exception>
    public static void Check(PipelineOptions options, TargetTable table)
    {
        foreach (var name in options.Compute.Keys)
        {
            var column = table.Columns.FirstOrDefault(c => c.Name == name)
                ?? throw new TargetTableException(
                    $"{table.QuotedName} has no column \"{name}\", which compute of pipeline {options.Name} fills.");
            if (column.IsGenerated)
                throw new TargetTableException($"Column \"{name}\" of {table.QuotedName} is generated: compute cannot fill it.");
        }
    }

    /// <summary>The binding of fields, without computed columns.</summary>
    public HeaderBindingOptions Over(HeaderBindingOptions binding) =>
        options.Compute.Count == 0 ? binding : binding with { IsFilled = options.Compute.ContainsKey, IsUsed = IsNamed };

    /// <summary>The fields to read from a record, including those that only expressions use.</summary>
    public IReadOnlyList<BoundColumn> Read(HeaderBinding binding, IEnumerable<BoundColumn> late)
    {
        if (options.Compute.Count == 0) return [.. binding.Columns, .. late];
        return
        [
            .. binding.Columns.Where(c => !options.Compute.ContainsKey(c.Column.Name) || IsNamed(c.Column.Name)).Select(Typed),
            .. late,
            .. binding.Used.Select(f => new BoundColumn(Text(f.Name), f.Field)),
        ];
    }

    /// <summary>Whether a rule applies to the value that is read.</summary>
    public bool IsRuleOfField(RowRuleOptions rule) => rule is not FoundInRule && !options.Compute.ContainsKey(rule.Column);

    /// <summary>Whether rows must be sent as text, because a computed column has no binary encoder.</summary>
    public bool NeedsText(SessionSettings session) => Computed().Any(column => ColumnEncoders.For(column, session) is null);

    /// <summary>The server's part; null if there is none.</summary>
    /// <param name="read">The columns that are read, metadata last.</param>
    /// <param name="fields">The fields of the first of these columns.</param>
    /// <param name="layout">The layout with the header's names.</param>
    /// <param name="session">The settings of the sessions that copy.</param>
    /// <param name="now">The current time, for rules.</param>
    /// <param name="makeResult">Creates the plan of the resulting rows, from the indexes of the columns that stay and the
    /// computed columns.</param>
    public ComputePlan? Create(
        IReadOnlyList<TargetColumn> read, IReadOnlyList<int> fields, RecordLayout layout, SessionSettings session,
        DateTimeOffset now,
        Func<int[], TargetColumn[], CopyPlan> makeResult)
    {
        if (!IsNeeded) return null;
        ComputedColumn[] columns = [.. Computed().Select(column => new ComputedColumn(
            column, options.Compute[column.Name], types?.CastTypes[column.Name] ?? "", RowRules.For(column, options.Rules, now),
            ColumnEncoders.For(column, session)))];
        int[] kept = [.. Enumerable.Range(0,
            read.Count).Where(place => read[place].Number > 0 && !options.Compute.ContainsKey(read[place].Name))];
        var lookups = options.Rules.OfType<FoundInRule>()
            .Select(rule => (Rule: rule, Place: PlaceOf(rule.Column)))
            .Where(l => l.Place >= 0)
            .Select(
                l => new ForeignLookup(l.Place, read[l.Place], l.Rule.Reference!.Value.Table, l.Rule.Reference!.Value.Column));
        return new ComputePlan([.. Inputs(read, fields, layout)], columns, [.. lookups], kept,
            makeResult(kept, [.. columns.Select(c => c.Column)]));

        int PlaceOf(string name) => read.Select(c => c.Name).ToList().IndexOf(name);
    }

    /// <summary>Each value under the name of its column, and under that of its field if they differ.</summary>
    IEnumerable<ComputeInput> Inputs(IReadOnlyList<TargetColumn> read, IReadOnlyList<int> fields, RecordLayout layout)
    {
        var taken = read.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        for (var place = 0; place < read.Count; place++)
        {
            var names = new List<string> { read[place].Name };
            if (layout.IsByName && place < fields.Count && fields[place] < layout.Names.Count)
            {
                var header = HeaderName.Clean(layout.Names[fields[place]]);
                if (header.Length > 0 && taken.Add(header)) names.Add(header);
            }

            string[] used = [.. names.Where(IsNamed)];
            if (used.Length > 0) yield return new ComputeInput(place, read[place], used);
        }
    }

    IEnumerable<TargetColumn> Computed() => table.Columns.Where(c => options.Compute.ContainsKey(c.Name));

    /// <summary>Whether an expression may refer to a name; true in doubt, because the server decides.</summary>
    bool IsNamed(string name)
    {
        var quoted = name.Replace("\"", "\"\"", StringComparison.Ordinal);
        return options.Compute.Values.Any(expression => expression.Contains(quoted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The file's value for a computed column need not fit the column: it is read as the column's type without its
    /// length, or as text.</summary>
    BoundColumn Typed(BoundColumn bound)
    {
        if (!options.Compute.ContainsKey(bound.Column.Name)) return bound;
        var column = bound.Column;
        const uint Bpchar = 1042, Varchar = 1043, Numeric = 1700;
        if (column.BaseTypeOid is Bpchar or Varchar || types?.AsText.Contains(column.Name) == true)
            return bound with { Column = Text(column.Name) with { Number = column.Number } };
        column = column with { NotNull = false, TypeOid = column.BaseTypeOid, TypeName = column.BaseTypeName };
        return bound with
        {
            Column = column.BaseTypeOid == Numeric
                ? column with { TypeName = "numeric", BaseTypeName = "numeric", TypeModifier = -1 } : column,
        };
    }

    static TargetColumn Text(string name) => new()
    {
        Name = name,
        Number = 0,
        TypeOid = 25,
        TypeName = "text",
        BaseTypeOid = 25,
        BaseTypeName = "text",
        TypeModifier = -1,
        NotNull = false,
        HasDefault = false,
        IsGenerated = false,
    };
}
