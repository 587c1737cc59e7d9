using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Takes the rows of files out of their tables again.</summary>
sealed class UndoCommand : VerbCommand
{
    readonly Argument<string[]> _files = new("FILE")
    { Description = "Paths of files, or their numbers in the ledger (ingest files)", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<string?> _pipeline = new("--pipeline")
    { Description = "Pipeline of the files, if several pipelines have them", HelpName = "NAME" };
    readonly MomentOption _since = new("--since", "All files loaded from this time on");
    readonly MomentOption _until = new("--until", "All files loaded before this time");
    readonly FileChoiceOptions _choice = new();
    readonly BulkOptions _bulk = new(hasMore: false);

    public UndoCommand()
        : base(
            "undo",
            "Remove the rows of files from their tables. The pipeline's metadata must store {fileId} in a column. The files are "
            + "ignored afterwards; replay loads them from their first record.",
            "ingest undo --dry-run in/orders-7.csv",
            "ingest undo in/orders-7.csv --why 'sent by mistake'",
            "ingest undo --pipeline orders --since 2h --dry-run",
            "ingest undo --pipeline orders --state all-rejected")
    {
        Add(_files);
        Add(_pipeline);
        Add(_since);
        Add(_until);
        _choice.AddTo(this);
        _bulk.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        if (_bulk.IsGiven(context))
        {
            if (context.Get(_files)!.Length > 0 || _choice.IsGiven(context) || _choice.IsTrial(context)
                || context.IsGiven(_since) || context.IsGiven(_until))
                throw CliException.Usage("--state can be combined only with --pipeline; without --yes nothing is changed");
            return await _bulk.RunAsync(context, dataSource, BulkVerb.Undo, context.Get(_pipeline), act, cancellationToken);
        }

        var ledger = new UndoLedger(dataSource);
        var report = await _choice.EachAsync(
            context, dataSource, context.Get(_files)!, context.Get(_pipeline), (context.Get(_since), context.Get(_until)),
            hasRows: true, UndoAsync, cancellationToken);
        return report.Print(context);

        async Task<VerbResult> UndoAsync(FileId file)
        {
            try
            {
                return await ledger.UndoAsync(file, context.Configuration.Pipelines, act, _choice.IsTrial(context),
                    cancellationToken);
            }
            catch (PostgresException failure) when (UndoLedger.IsRefusal(failure))
            {
                return UndoLedger.Refused(failure);
            }
        }
    }
}
