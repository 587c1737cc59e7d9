using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Drift;

/// <summary>Creates the part of a plan that stores the fields without a column.</summary>
sealed class RescueFactory
{
    const uint Json = 114, Jsonb = 3802;

    /// <summary>How the fields are stored; null for a pipeline that does not store them.</summary>
    public RescuePlan? Plan { get; private init; }

    /// <summary>The column that stores them; empty for a pipeline that does not store them.</summary>
    public IReadOnlyList<BoundColumn> Bound { get; private init; } = [];

    /// <summary>Number of additional fields of the layout: one if records may have keys that are not known yet.</summary>
    public int MoreFields => Plan is { Others: >= 0 } ? 1 : 0;

    /// <summary>The column that stores the fields without a column; null for a pipeline that stores none.</summary>
    /// <exception cref="TargetTableException">The table has no suitable column.</exception>
    public static TargetColumn? ColumnOf(PipelineOptions options, TargetTable table)
    {
        if (options.ExtraColumns != ExtraColumnPolicy.Rescue || options.RescueColumn is not { } name) return null;
        var column = table.Columns.FirstOrDefault(c => c.Name == name) ?? throw new TargetTableException(
            $"{table.QuotedName} has no column \"{name}\", the rescueColumn of pipeline {options.Name}: ALTER TABLE "
                + $"{table.QuotedName} ADD COLUMN \"{name}\" jsonb");
        if (column.IsGenerated) throw new TargetTableException(
            $"Column \"{name}\" of {table.QuotedName} is generated: fields cannot be rescued into it.");
        if (column.BaseTypeOid is not (Json or Jsonb))
            throw new TargetTableException(
                $"Column \"{name}\" of {table.QuotedName}, the rescueColumn of pipeline {options.Name}, must be jsonb, not "
                    + $"{column.TypeName}.");
        return column;
    }

    /// <summary>Creates the part of one plan.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="column">The result of <see cref="ColumnOf"/>.</param>
    /// <param name="layout">The layout of the file.</param>
    /// <param name="binding">The fields that have a column.</param>
    /// <param name="fieldCount">Number of fields of the layout, including those that columns add to it.</param>
    public static RescueFactory Create(PipelineOptions options, TargetColumn? column, RecordLayout layout, HeaderBinding binding,
        int fieldCount)
    {
        if (column is null) return new RescueFactory();
        var others = layout.TakesLateFields ? fieldCount : -1;
        var field = others < 0 ? fieldCount : fieldCount + 1;
        return new RescueFactory
        {
            Plan = new RescuePlan
            {
                Field = field,
                Members = RescuePlan.KeysOf(binding.Unmapped.Select(ignored => (ignored.Field, NameOf(layout, ignored.Field)))),
                Others = others,
                IsJson = layout.SaysTypes,
                NeedsObject = column.NotNull,
            },
            Bound = [new BoundColumn(column, field)],
        };
    }

    /// <summary>The forms of all fields, including rescued ones.</summary>
    public FieldForm[] Over(FieldForm[] forms)
    {
        if (Plan is null) return forms;
        foreach (var (field, _) in Plan.Members) forms[field] = Plan.IsJson ? FieldForm.Json : FieldForm.Text;
        if (Plan.Others >= 0) forms[Plan.Others] = FieldForm.Others;
        return forms;
    }

    static string NameOf(RecordLayout layout, int field) =>
        field >= layout.Names.Count ? "" : layout.SaysTypes ? layout.Names[field] : HeaderName.Clean(layout.Names[field]);
}
