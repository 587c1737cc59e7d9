using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Removes pipelines from the ledger.</summary>
sealed class RemoveCommand : VerbCommand
{
    readonly Argument<string[]> _pipelines = new("PIPELINE")
    { Description = "Names of pipelines", Arity = ArgumentArity.OneOrMore };
    readonly Option<bool> _yes = new("--yes")
    { Description = "Confirm; without it, the command only reports what would be removed, and exits with 1" };

    public RemoveCommand()
        : base(
            "remove",
            "Remove a pipeline that no silo runs from the ledger and the pages: files, batches and charts. Rows in the table and "
                + "rejects stay.",
            "ingest remove load-nope                                   # what would be removed?",
            "ingest remove load-nope --yes --why 'a mistyped table'")
    {
        Add(_pipelines);
        Add(_yes);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var removal = new PipelineRemoval(dataSource);
        var items = new List<VerbReportItem>();
        foreach (var name in context.Get(_pipelines)!)
        {
            var result = context.Get(_yes) ? (await removal.RemoveAsync(name, act, cancellationToken)).Result
                : await WouldAsync(removal, name, cancellationToken);
            if (result.Outcome == VerbOutcome.Unknown)
                result = await PipelineNames.AddMeantAsync(dataSource, name, result, cancellationToken);
            items.Add(VerbReportItem.Of(name, result));
        }

        return new VerbReport(items).Print(context);
    }

    static async Task<VerbResult> WouldAsync(PipelineRemoval removal, string name, CancellationToken cancellationToken) =>
        await removal.ContentsAsync(name, cancellationToken) is { } contents
            ? new VerbResult(VerbOutcome.Refused,
                $"is not removed yet. To be removed: {contents.Goes}. {contents.Stays}. To remove it, add --yes")
            : new VerbResult(VerbOutcome.Unknown, "is not in the ledger: no program has run it with this database");
}
