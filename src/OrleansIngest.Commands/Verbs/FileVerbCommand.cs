using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Does one verb to files.</summary>
sealed class FileVerbCommand : VerbCommand
{
    readonly FileVerb _verb;
    readonly Argument<string[]> _files = new("FILE")
    { Description = "Paths of files, or their numbers in the ledger (ingest files)", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Pipeline of the files", HelpName = "NAME" };

    readonly BulkOptions _bulk = new(hasMore: true);

    FileVerbCommand(FileVerb verb, string description, params string[] examples)
        : base(FileVerbs.NameOf(verb), description, examples)
    {
        _verb = verb;
        Add(_files);
        Add(_pipeline);
        _bulk.AddTo(this);
    }

    /// <summary><c>ingest retry</c>.</summary>
    public static FileVerbCommand Retry() => new(
        FileVerb.Retry, "Retry failed or quarantined files now, from their last commit.",
        "ingest retry in/orders-7.csv --why 'the column is there now'",
        "ingest retry --state quarantined --pipeline orders                # what would change?",
        "ingest retry --state quarantined --pipeline orders --up-to 8812 --yes");

    /// <summary><c>ingest skip</c>.</summary>
    public static FileVerbCommand Skip() => new(
        FileVerb.Skip,
        "Never load these versions of files; committed rows stay. New content under the same path is a new version and loads. "
            + "replay reverts it.",
        "ingest skip in/orders-7.csv --why 'sent by mistake'");

    /// <summary><c>ingest quarantine</c>.</summary>
    public static FileVerbCommand Quarantine() => new(
        FileVerb.Quarantine, "Hold files until they are retried. A file that is loading commits nothing more.",
        "ingest quarantine 4711 --why 'ask the producer first'");

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var files = context.Get(_files)!;
        if (!_bulk.IsGiven(context))
        {
            if (files.Length == 0) throw CliException.Usage("no files given: name them, or choose them with --state");
            var report = new VerbReport(await ApplyAsync(context, dataSource, _verb, files, context.Get(_pipeline), again: false,
                act, cancellationToken));
            var code = report.Print(context);
            await WaitingNote.WriteAsync(context, dataSource, WaitingNote.FilesOf(report), cancellationToken);
            return code;
        }

        if (files.Length > 0) throw CliException.Usage("files cannot be both named and chosen with --state");
        return await _bulk.RunAsync(context, dataSource, new BulkVerb(_verb), context.Get(_pipeline), act, cancellationToken);
    }

    /// <summary>Does a verb to files as they were named, one after the other.</summary>
    public static Task<IReadOnlyList<VerbReportItem>> ApplyAsync(
        CliContext context, NpgsqlDataSource dataSource, FileVerb verb, IReadOnlyList<string> files, string? pipeline, bool again,
        OperatorAct act,
        CancellationToken cancellationToken)
    {
        var ledger = new OperatorLedger(dataSource);
        return EachAsync(context, dataSource, files, pipeline,
            file => ledger.ApplyAsync(verb, file, act, cancellationToken, again), cancellationToken);
    }

    /// <summary>Does something to files as they were named, one after the other; one that is unknown
    /// does not keep the others.</summary>
    public static async Task<IReadOnlyList<VerbReportItem>> EachAsync(
        CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> files, string? pipeline,
        Func<FileId, Task<VerbResult>> act,
        CancellationToken cancellationToken)
    {
        var items = new List<VerbReportItem>();
        foreach (var name in files)
        {
            try
            {
                items.Add(VerbReportItem.Of(name,
                    await act(await LedgerFiles.FindAsync(context, dataSource, name, pipeline, cancellationToken))));
            }
            catch (CliException unknown) when (unknown.ExitCode == ExitCode.Failed)
            {
                items.Add(VerbReportItem.Of(name, new VerbResult(VerbOutcome.Unknown, $"is unknown: {unknown.Message}")));
            }
        }

        return items;
    }
}
