using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Which pipeline a command about files means.</summary>
static class PipelineChoice
{
    /// <summary>The configuration's pipeline for the table, with its rules and its memory of what it has loaded; else one made for the table, whose
    /// files are as they are found to be.</summary>
    /// <param name="context">Has the configuration.</param>
    /// <param name="table">From <c>--table</c>; null for the configuration's only one.</param>
    /// <exception cref="CliException">No table is given, and the configuration has several pipelines.</exception>
    public static PipelineOptions For(CliContext context, string? table)
    {
        var configured = context.Configuration.Pipelines;
        table ??= configured.Count == 1 ? configured[0].Table : throw CliException.Usage(
            $"--table is needed: the configuration has {(configured.Count == 0 ? "no pipeline" : "several pipelines")}");
        var chosen = configured.FirstOrDefault(pipeline => TableNames.Means(table, pipeline.Table));
        if (chosen is not null && context.Configuration.IsBuiltIn) chosen.Csv.Delimiter = null;
        return chosen
            ?? new PipelineOptions
            {
                Name = TableNames.PipelineFor("load", table),
                Table = table,
                Watch = ["."],
                Recursive = TableTemplate.IsOne(table),
                Csv = { Delimiter = null },
            };
    }
}
