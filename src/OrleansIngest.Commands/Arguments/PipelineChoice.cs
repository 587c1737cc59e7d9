using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Chooses the pipeline of a command about files.</summary>
static class PipelineChoice
{
    /// <summary>The configuration's pipeline for the table, with its rules and its ledger entries; else a new one for the table,
    /// which detects the format of its files. From here on the command uses the pipeline's database.</summary>
    /// <param name="context">Has the configuration.</param>
    /// <param name="table">From <c>--table</c>; null for the configuration's only one.</param>
    /// <exception cref="CliException">No table is given, and the configuration has several pipelines; or several databases have
    /// such a table.</exception>
    public static PipelineOptions For(CliContext context, string? table)
    {
        TableNames.Expect(table);
        var configured = context.NamedDatabase is { } named
            ? [.. context.Configuration.Pipelines.Where(p => p.Database == named)] : context.Configuration.Pipelines;
        table ??= configured.Count == 1 ? configured[0].Table : throw CliException.Usage(
            $"--table is needed: the configuration has {(configured.Count == 0 ? "no pipeline" : "several pipelines")}");
        PipelineOptions[] fitting = [.. configured.Where(pipeline => TableNames.Means(table, pipeline.Table))];
        string[] databases = [.. fitting.Select(p => p.Database ?? NamedDatabases.Main).Distinct()];
        if (databases.Length > 1 && !context.IsGiven(GlobalOptions.Db))
            throw CliException.Usage(
                $"table {table} belongs to pipelines for several databases ({string.Join(", ", databases)}): choose one with "
                    + "--database");
        var chosen = fitting.FirstOrDefault();
        if (chosen is not null) context.ChooseDatabaseOf(chosen);
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
