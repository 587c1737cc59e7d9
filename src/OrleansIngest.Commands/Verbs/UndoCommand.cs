using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Takes the rows of files out of their tables again.</summary>
sealed class UndoCommand : VerbCommand
{
    readonly Argument<string[]> _files = new("FILE") { Description = "Files, by their paths or their numbers in the ledger (ingest files)", Arity = ArgumentArity.OneOrMore };
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Whose files, when several pipelines have the same", HelpName = "NAME" };
    readonly Option<bool> _trial = new("--dry-run") { Description = "Count the rows, and change nothing" };

    public UndoCommand()
        : base(
            "undo",
            "Take the rows of files out of their tables again. The pipeline's metadata must keep {fileId} in a column. The files are passed over afterwards; replay "
            + "loads them from their first record.",
            "ingest undo --dry-run in/orders-7.csv",
            "ingest undo in/orders-7.csv --why 'sent by mistake'")
    {
        Add(_files);
        Add(_pipeline);
        Add(_trial);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var ledger = new UndoLedger(dataSource);
        var items = new List<VerbReportItem>();
        foreach (var name in context.Get(_files)!)
        {
            try
            {
                var file = await LedgerFiles.FindAsync(context, dataSource, name, context.Get(_pipeline), cancellationToken);
                items.Add(VerbReportItem.Of(name, await ledger.UndoAsync(file, context.Configuration.Pipelines, act, context.Get(_trial), cancellationToken)));
            }
            catch (CliException unknown) when (unknown.ExitCode == ExitCode.Failed)
            {
                items.Add(VerbReportItem.Of(name, new VerbResult(VerbOutcome.Unknown, $"is unknown: {unknown.Message}")));
            }
            catch (PostgresException failure) when (failure.SqlState[..2] is "23" or "42" or "P0")
            {
                items.Add(VerbReportItem.Of(name, new VerbResult(VerbOutcome.Refused, $"cannot be undone: {failure.MessageText}")));
            }
        }

        return new VerbReport(items).Print(context);
    }
}
