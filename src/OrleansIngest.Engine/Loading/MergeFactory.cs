using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Makes the plan by which rows are merged into a table, for pipelines that do not only add.</summary>
static class MergeFactory
{
    /// <summary>Makes sure that the table has what the pipeline's mode needs.</summary>
    /// <exception cref="TargetTableException">It has not.</exception>
    public static void Check(PipelineOptions options, TargetTable table)
    {
        var mode = PipelineJson.NameOf(options.Write);
        foreach (var name in options.Key.Concat(options.UpdateColumns).Concat(options.OnlyIfNewer is { } newer ? [newer] : []))
        {
            if (table.Columns.All(c => c.Name != name))
                throw new TargetTableException($"{table.QuotedName} has no column \"{name}\", which write: {mode} of pipeline {options.Name} names.");
        }

        if (!table.UniqueKeys!.Any(key => key.ToHashSet(StringComparer.Ordinal).SetEquals(options.Key)))
        {
            var columns = string.Join(", ", options.Key.Select(SqlName.Quote));
            throw new TargetTableException(
                $"write: {mode} needs a unique index or primary key over exactly ({columns}); {table.QuotedName} has none. "
                + $"Create one: CREATE UNIQUE INDEX ON {table.QuotedName} ({columns});");
        }

        if (!table.MayStage)
        {
            throw new TargetTableException(
                $"write: {mode} goes through a temporary table: the database user needs the right TEMPORARY on the database, and {table.QuotedName} must have no rules.");
        }
    }

    /// <summary>The plan; null for a pipeline that only adds.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="table">Its table.</param>
    /// <param name="columns">The columns that rows fill, in the order of their COPY.</param>
    /// <param name="ofFile">Those of them that the file's fields fill.</param>
    /// <exception cref="HeaderException">The file lacks a part of the key.</exception>
    public static MergePlan? Create(PipelineOptions options, TargetTable table, IReadOnlyList<TargetColumn> columns, IReadOnlyList<TargetColumn> ofFile)
    {
        if (options.Write == WriteMode.Append) return null;
        foreach (var name in options.Key.Concat(options.UpdateColumns).Concat(options.OnlyIfNewer is { } newer ? [newer] : []))
        {
            if (columns.All(c => c.Name != name))
                throw new HeaderException($"the file has no field for column \"{name}\", which write: {PipelineJson.NameOf(options.Write)} needs");
        }

        return new MergePlan(
            options.Write, table.QuotedName, columns, options.Key, options.UpdateColumns, ofFile.Contains, options.OnlyIfNewer);
    }
}
