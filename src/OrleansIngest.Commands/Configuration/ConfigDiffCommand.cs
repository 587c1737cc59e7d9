using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Shows the differences between the configuration in files and database and that of running silos.</summary>
sealed class ConfigDiffCommand() : IngestCommand(
    "diff",
    "Compare the configuration here (ingest.json, ingest.d, the pipelines in the database) with that of the running silos. Exits "
        + "with 0 when they match, with 1 when they differ or no silo runs, with 2 when the configuration is invalid.",
    "ingest config diff",
    "ingest config diff --config new.json      # what would this file change?")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        var options = context.Configuration; // first, because its errors need no database
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/config", cancellationToken);
        try
        {
            var kept = await new PipelineStore(database.DataSource).ListAsync(cancellationToken);
            var wanted = DesiredConfiguration.Of(options, options.Pipelines, kept);
            var nodes = await new NodeConfigurations(database.DataSource).ListAsync(cancellationToken);
            var differences = ConfigDiff.Between(nodes, wanted, context.NamedDatabase).ToList();
            foreach (var (name, settings) in context.IsGiven(GlobalOptions.Db) ? new Dictionary<string, DatabaseSettings>()
                : context.Databases)
                differences.AddRange(await OfAsync(context, name, settings, wanted, cancellationToken));
            return Print(context, differences, nodes);
        }
        catch (PostgresException failure) when (LedgerTables.AreMissing(failure))
        {
            throw LedgerTables.Missing(failure);
        }
    }

    /// <summary>Compares another database. If it is unavailable, that is reported, and the others are compared.</summary>
    static async Task<IReadOnlyList<ConfigDifference>> OfAsync(
        CliContext context, string name, DatabaseSettings settings, DesiredConfiguration wanted,
        CancellationToken cancellationToken)
    {
        await using var database = OpenDatabase.Of(settings, "ingest/config");
        try
        {
            return ConfigDiff.Between(await new NodeConfigurations(database.DataSource).ListAsync(cancellationToken),
                wanted, name);
        }
        catch (NpgsqlException failure)
        {
            context.Error.WriteLine($"database {name} is not compared: {Failure.Describe(failure, withStack: false, settings)}");
            return [];
        }
    }

    static int Print(CliContext context, List<ConfigDifference> differences, IReadOnlyList<NodeConfiguration> nodes)
    {
        if (nodes.Count == 0) throw new CliException("no silo runs on this database, so there is nothing to compare with");
        if (context.Json)
        {
            context.WriteJson<IReadOnlyList<ConfigDifference>>(differences, ResultJson.Default.IReadOnlyListConfigDifference);
        }
        else
        {
            var table = new TextTable("PIPELINE", "PROPERTY", "RUNNING", "FILE", "NODES")
            { WhenEmpty = "the running configuration matches this one" };
            foreach (var d in differences) table.Add(d.Pipeline, d.Property, d.Running, d.File,
                d.Nodes.Count == nodes.Count ? "all" : string.Join(", ", d.Nodes));
            table.WritePlain(context.Output);
        }

        foreach (var note in ConfigurationNotes.Of(nodes)) context.Error.WriteLine(note);
        return differences.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}

/// <summary>The silos' messages about their configuration, human-readable.</summary>
static class ConfigurationNotes
{
    /// <summary>A line for each problem and each setting that waits for a restart.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<NodeConfiguration> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var problem in node.Problem?.Split('\n') ?? [])
            {
                yield return SafeText.Of(string.Create(
                    CultureInfo.InvariantCulture,
                    $"configuration: node {node.Node} keeps version {node.Version} of {Readable.Instant(node.AppliedAt)} in "
                        + $"force: {problem}"));
            }

            foreach (var setting in node.RestartNeeded) yield return SafeText.Of($"configuration: node {node.Node}: {setting}");
        }
    }
}
