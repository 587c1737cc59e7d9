using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Shows where the configuration, as it stands in files and database, differs from what silos run.</summary>
sealed class ConfigDiffCommand() : IngestCommand(
    "diff",
    "Show what the configuration here (ingest.json, ingest.d, the pipelines in the database) has otherwise than the silos that run. Ends with 0 when "
        + "all is the same, with 1 when something differs or no silo runs, with 2 when the configuration is wrong.",
    "ingest config diff",
    "ingest config diff --config new.json      # what would a file change?")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        var options = context.Configuration; // first: a mistake in it needs no database
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/config", cancellationToken);
        try
        {
            var kept = await new PipelineStore(database.DataSource).ListAsync(cancellationToken);
            var wanted = WantedConfiguration.Of(options, options.Pipelines, kept);
            return Print(context, wanted, await new NodeConfigurations(database.DataSource).ListAsync(cancellationToken));
        }
        catch (PostgresException failure) when (LedgerTables.AreMissing(failure))
        {
            throw LedgerTables.Missing(failure);
        }
    }

    static int Print(CliContext context, WantedConfiguration wanted, IReadOnlyList<NodeConfiguration> nodes)
    {
        if (nodes.Count == 0) throw new CliException("no silo runs on this database: there is nothing to compare the configuration with");
        var differences = ConfigDiff.Between(nodes, wanted);
        if (context.Json)
        {
            context.WriteJson(differences, ResultJson.Default.IReadOnlyListConfigDifference);
        }
        else
        {
            var table = new TextTable("PIPELINE", "PROPERTY", "RUNNING", "FILE", "NODES") { WhenEmpty = "the running configuration matches this one" };
            foreach (var d in differences) table.Add(d.Pipeline, d.Property, d.Running, d.File, d.Nodes.Count == nodes.Count ? "all" : string.Join(", ", d.Nodes));
            table.WritePlain(context.Output);
        }

        foreach (var note in ConfigurationNotes.Of(nodes)) context.Error.WriteLine(note);
        return differences.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}

/// <summary>What silos have to say about their configuration, for people.</summary>
static class ConfigurationNotes
{
    /// <summary>A line for each problem and each setting that waits for a restart.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<NodeConfiguration> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var problem in node.Problem?.Split('\n') ?? [])
            {
                yield return SafeText.Of(FormattableString.Invariant(
                    $"configuration: node {node.Node} keeps version {node.Version} of {Readable.Instant(node.AppliedAt)} in force: {problem}"));
            }

            foreach (var setting in node.RestartNeeded) yield return SafeText.Of($"configuration: node {node.Node}: {setting}");
        }
    }
}
