using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Looks;
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
    readonly Argument<string[]> _files = new("FILE") { Description = "Files, by their paths or their numbers in the ledger", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<bool> _rejects = new("--rejects") { Description = "Map the open rejects once more, of these files or of all; those that fit now go into the table, each once" };
    readonly Option<bool> _again = new("--again") { Description = "Load files that are loaded once more: each of their rows will be in the table twice, unless it was deleted there" };
    readonly RejectOptions _which = new();

    public ReplayCommand()
        : base(
            "replay",
            "Load again: failed, quarantined, skipped or vanished files from what is committed of them on; rejects after the table, the rules or the records were mended.",
            "ingest replay --rejects --pipeline events --why 'price may be negative now'",
            "ingest replay --rejects --reason bad_value --since 1d",
            "ingest replay in/orders-7.csv",
            "ingest replay --again in/orders-7.csv --why 'its rows were deleted'")
    {
        Add(_files);
        Add(_rejects);
        Add(_again);
        _which.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act, CancellationToken cancellationToken)
    {
        var files = context.Get(_files)!;
        if (context.Get(_rejects)) return await RejectsAsync(context, dataSource, files, act, cancellationToken);
        if (files.Length == 0) throw CliException.Usage("replay needs files, or --rejects");
        if (_which.AreGiven(context)) throw CliException.Usage("--reason, --search, --since and --until choose rejects: they need --rejects");
        return new VerbReport(await FileVerbCommand.ApplyAsync(
            context, dataSource, FileVerb.Replay, files, _which.Pipeline(context), context.Get(_again), act, cancellationToken)).Print(context);
    }

    async Task<int> RejectsAsync(CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> files, OperatorAct act, CancellationToken cancellationToken)
    {
        if (context.Get(_again)) throw CliException.Usage("--again is for files: a reject is replayed once");
        var replay = new RejectReplay(dataSource, context.Time);
        long replayed = 0, refused = 0;
        try
        {
            foreach (var file in files.Count == 0 ? [null] : files.Cast<string?>())
            {
                var filter = await _which.FilterAsync(context, dataSource, file, status: null, cancellationToken);
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
        else context.Output.WriteLine($"{Counted.Of(replayed, "reject")} replayed, {Readable.Count(refused)} still rejected{(refused > 0 ? ": ingest rejects --status open shows why" : "")}");
        return refused > 0 ? ExitCode.Failed : ExitCode.Done;
    }
}
