using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Verbs;

/// <summary>All files in some states, for one verb, after a report of what it would do.</summary>
sealed class BulkOptions
{
    readonly ListOption _state = new("--state", () => FileStates.All, "--status")
    {
        Description = $"All files in these states, separated by commas: {string.Join(", ", FileStates.All)}",
        HelpName = "STATE",
    };
    readonly Option<long?> _upTo = new("--up-to")
    {
        Description = "With --state: only files up to this number in the ledger, so that later files are excluded",
        HelpName = "NUMBER",
    };
    readonly Option<bool> _yes = new("--yes")
    {
        Description = "With --state: confirm; without it, the command reports what it would do, and exits with 1",
    };
    readonly Option<string?>? _search;
    readonly Option<string?>? _node;

    /// <summary>The options.</summary>
    /// <param name="hasMore">Whether --search and --node choose too.</param>
    public BulkOptions(bool hasMore)
    {
        if (!hasMore) return;
        _search = new("--search") { Description = "With --state: only files with this text in their path", HelpName = "TEXT" };
        _node = new("--node") { Description = "With --state: only files of this node", HelpName = "NODE" };
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option?[] { _state, _search, _node, _upTo, _yes }.OfType<Option>()) command.Add(option);
    }

    /// <summary>Whether files are chosen by their state.</summary>
    /// <exception cref="CliException">Options that need it are given without it.</exception>
    public bool IsGiven(CliContext context)
    {
        if (context.IsGiven(_state)) return true;
        return new Option?[] { _search, _node, _upTo, _yes }.OfType<Option>().FirstOrDefault(context.IsGiven) is { } alone
            ? throw CliException.Usage($"{alone.Name} needs --state")
            : false;
    }

    /// <summary>Does the verb, or reports what it would do.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(
        CliContext context, NpgsqlDataSource dataSource, BulkVerb verb, string? pipeline, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var filter = new FileFilter
        {
            Pipeline = pipeline,
            Statuses = FileStateArgument.Of(context.Get(_state), _state.Name),
            Text = _search is null ? null : context.Get(_search),
            Node = _node is null ? null : context.Get(_node),
        };
        var isTrial = !context.Get(_yes);
        BulkReport report;
        try
        {
            report = await new BulkLedger(dataSource).ApplyAsync(
                verb, new BulkChoice(filter) { UpTo = context.Get(_upTo) }, context.Configuration.Pipelines, act, isTrial,
                cancellationToken);
        }
        catch (PostgresException failure) when (verb == BulkVerb.Undo && UndoLedger.IsRefusal(failure))
        {
            throw new CliException($"none of the files is undone: {failure.MessageText}");
        }

        if (context.Json) context.WriteJson(report, ResultJson.Default.BulkReport);
        else Print(context, report, isTrial);
        if (!isTrial) await WaitingNote.WriteAsync(context, dataSource, report.Ids, cancellationToken);
        return isTrial && report.Files > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    static void Print(CliContext context, BulkReport report, bool isTrial)
    {
        context.Output.WriteLine((report.Files, report.Matching) switch
        {
            (_, 0) => "No matching files.",
            (0, _) => isTrial ? "No matching file would change." : "No matching file has changed.",
            _ => isTrial ? $"This would change {report.Message}." : $"{report.Message}.",
        });
        foreach (var other in report.Others)
        {
            var stay = other.Files == 1 ? "stays as it is" : "stay as they are";
            context.Output.WriteLine(
                $"{Counted.Of(other.Files, "file")}, {other.Status}, {stay}: file {other.FileId} {other.Message}.");
        }

        if (report.HasMore) context.Output.WriteLine(
            $"More files match: only the first {report.Matching:N0} were considered. Run the command again for the rest.");
        if (isTrial && report.Files > 0) context.Output.WriteLine(
            $"Nothing has changed yet. To apply it, add --up-to {report.UpTo} --yes");
    }
}
