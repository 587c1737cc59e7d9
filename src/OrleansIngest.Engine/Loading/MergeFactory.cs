using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Creates the plan for merging rows into a table, for pipelines that do not only append.</summary>
static class MergeFactory
{
    /// <summary>The reason for a file with gaps between its committed batches; merged batches leave none.</summary>
    public const string OtherOrder =
        "later parts of it were loaded in another write mode than the parts still missing, so its records can no longer be "
        + "merged in file order. Load the rest with write: append, or load the file again";

    /// <summary>Checks that the table fits the pipeline's write mode.</summary>
    /// <exception cref="TargetTableException">The table does not fit; the message says what to create or grant.</exception>
    public static void Check(PipelineOptions options, TargetTable table)
    {
        var (mode, facts) = (PipelineJson.NameOf(options.Write), table.MergeFacts!);
        if (Named(options).FirstOrDefault(name => table.Columns.All(c => c.Name != name)) is { } unknown)
            throw new TargetTableException(
                $"{table.QuotedName} has no column \"{unknown}\", which write: {mode} of pipeline {options.Name} names.");
        CheckKey(options, table, mode);
        if (!facts.MaySelect || (options.Write == WriteMode.Upsert && !facts.MayUpdate))
        {
            throw new TargetTableException(
                $"write: {mode} needs the privilege {(facts.MaySelect ? "UPDATE" : "SELECT")} on {table.QuotedName}, which this "
                    + "database user lacks.");
        }

        if (!table.MayStage)
        {
            throw new TargetTableException(
                $"write: {mode} uses a temporary table: the database user needs the privilege TEMPORARY on the database, "
                + $"and {table.QuotedName} must have no rules.");
        }
    }

    /// <summary>The columns that identify the table's rows; empty for a pipeline that only appends.</summary>
    public static IReadOnlyList<string> KeyOf(PipelineOptions options, TargetTable table) =>
        !options.IsMerge ? []
        : options.Key.Count > 0 ? options.Key
        : table.MergeFacts!.Keys.First(key => key.IsPrimary).Columns;

    /// <summary>The plan; null for a pipeline that only appends.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="table">Its table, checked.</param>
    /// <param name="columns">The columns that rows fill, in the order of their COPY.</param>
    /// <param name="ofFile">The columns among them that fields of the file fill.</param>
    /// <exception cref="HeaderException">The file lacks a column that the mode needs.</exception>
    public static MergePlan? Create(
        PipelineOptions options, TargetTable table, IReadOnlyList<TargetColumn> columns, IReadOnlyList<TargetColumn> ofFile)
    {
        if (!options.IsMerge) return null;
        var key = KeyOf(options, table);
        if (key.Concat(Named(options)).FirstOrDefault(name => columns.All(c => c.Name != name)) is { } missing)
        {
            var role = key.Contains(missing) ? "a part of the key"
                : options.OnlyIfNewer == missing ? "its onlyIfNewer" : "one of its updateColumns";
            throw new HeaderException(
                $"the file has no field for column \"{missing}\" of {table.QuotedName}, which is {role} in write: "
                + $"{PipelineJson.NameOf(options.Write)}; it has: {string.Join(", ", ofFile.Select(c => c.Name))}");
        }

        var same = table.MergeFacts!.Keys.Where(k => k.Flaw is null && k.Columns.ToHashSet(StringComparer.Ordinal).SetEquals(key))
            .ToArray();
        return new MergePlan(new MergeColumns(columns, key, options.UpdateColumns, options.OnlyIfNewer,
            ofFile.Select(c => c.Name).ToHashSet(StringComparer.Ordinal)))
        {
            Table = table.QuotedName,
            IsUpsert = options.Write == WriteMode.Upsert,
            IsPartitioned = table.MergeFacts.IsPartitioned,
            NewKeys = new NewKeys
            {
                MayBeExpected = !table.MayDiscardRows,
                Indexes = table.MergeFacts.IsPartitioned ? [] : [.. same.Select(k => k.IndexName)],
            },
        };
    }

    static void CheckKey(PipelineOptions options, TargetTable table, string mode)
    {
        var keys = table.MergeFacts!.Keys;
        if (options.Key.Count == 0)
        {
            if (keys.FirstOrDefault(key => key.IsPrimary) is not { } primary)
            {
                throw new TargetTableException(
                    $"write: {mode} needs a key: {table.QuotedName} has no primary key, and pipeline {options.Name} has "
                    + "no \"key\". Name the columns of a unique index, such as \"key\": [\"id\"].");
            }

            if (primary.Flaw is { } flaw)
                throw new TargetTableException($"write: {mode} cannot use the primary key of {table.QuotedName}: it {flaw}.");
            return;
        }

        var same = keys.Where(key => key.Columns.ToHashSet(StringComparer.Ordinal).SetEquals(options.Key)).ToArray();
        if (same.Any(key => key.Flaw is null)) return;
        var columns = string.Join(", ", options.Key.Select(QuotedName.Of));
        var found = same is [var flawed, ..] ? $"{flawed.Name} {flawed.Flaw}" : "it has none";
        throw new TargetTableException(
            $"write: {mode} needs a unique index or primary key of {table.QuotedName} on exactly ({columns}): {found}. "
            + $"Create one: CREATE UNIQUE INDEX ON {table.QuotedName} ({columns});");
    }

    static IEnumerable<string> Named(PipelineOptions options) =>
        options.Key.Concat(options.UpdateColumns).Concat(options.OnlyIfNewer is { } newer ? [newer] : []);
}
