using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Loads files, or rejects, again.</summary>
sealed class ReplayCommand : VerbCommand
{
    readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Paths of files, or their numbers in the ledger",
        Arity = ArgumentArity.ZeroOrMore
    };
    readonly Option<bool> _rejects = new("--rejects")
    { Description = "Replay open rejects of these files, or of all; each that is now valid becomes a row, exactly once" };
    readonly Option<bool> _again = new("--again")
    { Description = "Load already loaded files again: their rows will be in the table twice unless you deleted them" };
    readonly Option<bool> _replace = new("--replace")
    {
        Description =
            "Load files again and replace their old rows, in one transaction. The pipeline's metadata must store {fileId}"
    };
    readonly FileChoiceOptions _choice = new();
    readonly BulkOptions _bulk = new(hasMore: false);
    readonly RejectOptions _which = new(areFilesToo: true);

    public ReplayCommand()
        : base(
            "replay",
            "Load again: failed, quarantined, skipped or vanished files from their last commit; rejects after the table, the "
                + "rules or the records were corrected.",
            "ingest replay --rejects --pipeline events --why 'price may be negative now'",
            "ingest replay --rejects --reason bad_value --since 1d",
            "ingest replay in/orders-7.csv",
            "ingest replay --replace in/orders-7.csv --why 'the rules were wrong'",
            "ingest replay --replace --glob 'in/orders-2026-*.csv' --since 7d --dry-run",
            "ingest replay --state ignored --pipeline orders                 # what would change?",
            "ingest replay --again in/orders-7.csv --why 'its rows were deleted'")
    {
        Add(_files);
        Add(_rejects);
        Add(_again);
        Add(_replace);
        _choice.AddTo(this);
        _bulk.AddTo(this);
        _which.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var files = context.Get(_files)!;
        if (context.Get(_rejects)) return await RejectsAsync(context, dataSource, files, act, cancellationToken);
        if (_which.ChoosesRejects(context))
            throw CliException.Usage("--reason, --issue, --table, --id and --search need --rejects");
        var (again, replace) = (context.Get(_again), context.Get(_replace));
        if (again && replace) throw CliException.Usage("--again adds rows and --replace replaces them: they cannot be combined");
        if (_bulk.IsGiven(context))
        {
            if (files.Length > 0 || _choice.IsGiven(context) || _choice.IsTrial(context)
                || _which.Time(context) is not (null, null))
                throw CliException.Usage(
                    "--state can be combined only with --pipeline and --replace; without --yes nothing is changed");
            return await _bulk.RunAsync(
                context, dataSource, new BulkVerb(replace ? FileVerb.Replace : FileVerb.Replay), _which.Pipeline(context), act,
                cancellationToken);
        }

        var ledger = new OperatorLedger(dataSource);
        var report = await _choice.EachAsync(
            context, dataSource, files, _which.Pipeline(context), _which.Time(context), hasRows: again || replace,
            file => ledger.ApplyAsync(replace ? FileVerb.Replace : FileVerb.Replay, file, act, cancellationToken, again,
                _choice.IsTrial(context)), cancellationToken);
        var code = report.Print(context);
        if (!_choice.IsTrial(context))
            await WaitingNote.WriteAsync(context, dataSource, WaitingNote.FilesOf(report), cancellationToken);
        return code;
    }

    async Task<int> RejectsAsync(CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> files, OperatorAct act,
        CancellationToken cancellationToken)
    {
        if (_bulk.IsGiven(context))
            throw CliException.Usage("--state chooses files, and --rejects replays rejects: they cannot be combined");
        if (context.Get(_again) || context.Get(_replace))
            throw CliException.Usage("--again and --replace load files, and --rejects replays rejects: they cannot be combined");
        if (_choice.IsGiven(context) || _choice.IsTrial(context))
            throw CliException.Usage("--glob and --dry-run do not work with --rejects; use --search to choose rejects by path");
        var replay = new RejectReplay(dataSource, context.Time);
        long replayed = 0, refused = 0;
        try
        {
            foreach (var file in files.Count == 0 ? [null] : files.Cast<string?>())
            {
                var filter = await _which.FilterAsync(context, dataSource, file, status: "open", cancellationToken);
                var result = await replay.RunAsync(filter, context.Configuration.Pipelines, act, cancellationToken);
                replayed += result.Replayed;
                refused += result.StillRejected;
            }
        }
        catch (TargetTableException failure)
        {
            throw new CliException(failure.Message);
        }

        if (context.Json) context.WriteJson(new ReplayReport(replayed, refused), ResultJson.Default.ReplayReport);
        else if (replayed + refused == 0) context.Output.WriteLine("No matching open rejects.");
        else context.Output.WriteLine(
            $"{Counted.Of(replayed, "reject")} replayed, {Readable.Count(refused)} still "
                + $"rejected{(refused > 0 ? ": ingest rejects --status open shows why" : "")}");
        return refused > 0 ? ExitCode.Failed : ExitCode.Done;
    }
}
