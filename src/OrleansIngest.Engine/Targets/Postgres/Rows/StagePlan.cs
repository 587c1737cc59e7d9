using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The stage of a file: a table with the columns that the file fills, and with the positions of the records, by which
/// the record of a row that the target refuses is found again. <c>sql/100-stage.sql</c> uses the names.</summary>
static class StagePlan
{
    const string Refusal = "ingest_refusal";

    static readonly MetadataColumn[] Places = [Place("ingest_position", "{position}"), Place("ingest_record", "{record}"),
        Place("ingest_line", "{line}")];

    /// <summary>Why a plan cannot have a stage; null if it can.</summary>
    public static string? WhyNot(CopyPlan plan) =>
        plan.Columns.FirstOrDefault(c => c.Name == Refusal || Places.Any(p => p.Column.Name == c.Name)) is { } taken
            ? $"{plan.Table} has a column \"{taken.Name}\", a name that staging tables use themselves; rename the column, or "
                + "load without wholeFile, thresholds and write: replaceTable"
            : null;

    /// <summary>The columns of the stage, as in <c>CREATE TABLE</c>.</summary>
    public static string Definition(CopyPlan plan) => string.Join(
        ", ", [.. plan.Columns.Concat(Places.Select(p => p.Column)).Select(c => $"{QuotedName.Of(c.Name)} {c.TypeName}"),
            $"{Refusal} text[]"]);

    /// <summary>The columns that the target gets from the stage, quoted.</summary>
    public static string Names(CopyPlan plan) => string.Join(", ", plan.Columns.Select(c => QuotedName.Of(c.Name)));

    /// <summary>The plan for rows of the stage.</summary>
    /// <param name="plan">The plan for the target.</param>
    /// <param name="stage">Quoted, qualified name.</param>
    public static CopyPlan Of(CopyPlan plan, string stage) => plan.Into(stage, Places);

    static MetadataColumn Place(string name, string template)
    {
        const uint Int8 = 20;
        var column = new TargetColumn
        {
            Name = name,
            Number = 0,
            TypeOid = Int8,
            TypeName = "bigint",
            BaseTypeOid = Int8,
            BaseTypeName = "bigint",
            TypeModifier = -1,
            NotNull = false,
            HasDefault = false,
            IsGenerated = false,
        };
        return new MetadataColumn(column, IntegerEncoder.Int8, MetadataTemplate.Parse(template));
    }
}
