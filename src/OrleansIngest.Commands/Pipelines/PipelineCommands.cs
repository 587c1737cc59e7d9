using System.CommandLine;
using System.Text.Json;
using Npgsql;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Commands.Verbs;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Pipelines;

/// <summary>The commands about pipelines that are stored in the database.</summary>
static class PipelineCommands
{
    /// <summary>New instances, for one call.</summary>
    public static IngestCommand Create() => new GroupCommand(
        "pipeline",
        "Manage pipelines that are stored in the database: list, add, edit, remove, history.",
        [new PipelineListCommand(), new PipelineAddCommand(), new PipelineEditCommand(), new PipelineRemoveCommand(),
            new PipelineHistoryCommand()],
        "ingest pipeline list",
        "ingest pipeline add orders --set table=shop.orders --set watch=/data/orders",
        "ingest pipeline edit orders --set settleTime=2s",
        "ingest pipeline history orders");
}

/// <summary>Lists the stored pipelines.</summary>
sealed class PipelineListCommand() : QueryCommand(
    "list",
    "Show the pipelines that are stored in the database, and who changed them last. Pipelines of ingest.json are not listed; "
        + "ingest status shows all.",
    "ingest pipeline list",
    "ingest pipeline list --json | jq '.[].config'")
{
    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var kept = StoredPipelineRow.OfAll(await new PipelineStore(dataSource).ListAsync(cancellationToken));
        var table = new TextTable("PIPELINE", new("VERSION", true), "TABLE", "WATCH", new("CHANGED", IsInstant: true),
            "WHO", new("REASON", IsBelow: true))
        {
            WhenEmpty = "no pipeline is stored in the database",
        };
        foreach (var one in kept)
        {
            table.Add(one.Name, FormattableString.Invariant($"{one.Version}"), Text(one.Config, "table"),
                Text(one.Config, "watch"), Readable.Instant(one.At), one.Who, one.Reason);
        }

        return new QueryResult(() => ReadableJson.Of(kept, ViewJson.Default.IReadOnlyListStoredPipelineRow), [table]);
    }

    static string? Text(JsonElement? config, string property) => config?.TryGetProperty(property, out var value) != true ? null
        : value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(e => e.ToString()))
            : value.ToString();
}

/// <summary>Shows every change.</summary>
sealed class PipelineHistoryCommand : QueryCommand
{
    readonly Argument<string?> _name = new("NAME") { Description = "Only this pipeline", Arity = ArgumentArity.ZeroOrOne };

    public PipelineHistoryCommand()
        : base(
            "history",
            "Show every change of the pipelines in the database, newest first: what, who, with which database role, when, why.",
            "ingest pipeline history",
            "ingest pipeline history orders --json")
    {
        Add(_name);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var versions = StoredPipelineRow.OfAll(await new PipelineStore(dataSource).HistoryAsync(context.Get(_name),
            cancellationToken));
        var table = new TextTable("PIPELINE", new("VERSION", true), new("CHANGED", IsInstant: true), "WHO",
            new("DATABASE ROLE", Rank: 2), "WHAT", new("REASON", IsBelow: true))
        {
            IdentifyingColumns = 2,
            WhenEmpty = context.Get(_name) is { } name ? $"pipeline {name} was never stored in the database"
                : "no pipeline was ever stored in the database",
        };
        foreach (var one in versions)
            table.Add(one.Name, FormattableString.Invariant($"{one.Version}"), Readable.Instant(one.At), one.Who,
                one.DatabaseUser, one.Changes, one.Reason);
        return new QueryResult(() => ReadableJson.Of(versions, ViewJson.Default.IReadOnlyListStoredPipelineRow),
            [table]);
    }
}

/// <summary>Removes pipelines from the database.</summary>
sealed class PipelineRemoveCommand : VerbCommand
{
    readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Pipelines in the database",
        Arity = ArgumentArity.OneOrMore
    };

    public PipelineRemoveCommand()
        : base(
            "remove",
            "Remove a pipeline from the database: silos claim no more of its files and finish those in progress. Rows, ledger "
                + "entries and versions stay.",
            "ingest pipeline remove orders --why 'the shop is closed'")
    {
        Add(_names);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var store = new PipelineStore(dataSource);
        var items = new List<VerbReportItem>();
        foreach (var name in context.Get(_names)!)
            items.Add(VerbReportItem.Of(name, await store.RemoveAsync(name, act, cancellationToken)));
        return new VerbReport(items).Print(context);
    }
}
