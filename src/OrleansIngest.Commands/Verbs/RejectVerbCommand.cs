using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Ignores or reopens rejects, after a report of how many there are.</summary>
sealed class RejectVerbCommand : VerbCommand
{
    readonly RejectVerb _verb;
    readonly Argument<string?> _file = new("FILE")
    { Description = "Only rejects of this file: its path or its number in the ledger", Arity = ArgumentArity.ZeroOrOne };
    readonly RejectOptions _which = new();
    readonly Option<long?> _upTo = new("--up-to")
    { Description = "Only rejects up to this ID, so that later ones are excluded", HelpName = "ID" };
    readonly Option<bool> _yes = new("--yes")
    { Description = "Confirm; without it, the command reports what it would do, and exits with 1" };

    public RejectVerbCommand(RejectVerb verb)
        : base(NameOf(verb), DescriptionOf(verb), ExamplesOf(verb))
    {
        _verb = verb;
        Add(_file);
        _which.AddTo(this);
        Add(_upTo);
        Add(_yes);
    }

    static string NameOf(RejectVerb verb) => verb == RejectVerb.Ignore ? "ignore" : "reopen";

    static string DescriptionOf(RejectVerb verb) => verb == RejectVerb.Ignore
        ? "Ignore open rejects that are not needed. They stay in corrupt_records, no longer count as open, and can be reopened."
        : "Reopen rejects that were ignored, so that they count as open and can be replayed.";

    static string[] ExamplesOf(RejectVerb verb) => verb == RejectVerb.Ignore
        ?
        [
            "ingest rejects ignore --issue ad60ae7ed257119c-5b78       # how many?",
            "ingest rejects ignore in/orders-7.csv --yes --why 'a test file'",
            "ingest rejects ignore --id 26,27 --yes",
        ]
        : ["ingest rejects reopen --pipeline orders --since 1d", "ingest rejects reopen --id 26,27 --yes"];

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var isTrial = !context.Get(_yes);
        var filter = await _which.FilterAsync(context, dataSource, context.Get(_file), status: null, cancellationToken);
        RejectReach reach;
        try
        {
            reach = await new RejectVerbs(dataSource).ApplyAsync(
                _verb, filter, context.Get(_upTo), act, isTrial, cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new CliException("another transaction has locked one of the rejects; nothing has changed: try again");
        }

        if (context.Json) context.WriteJson(reach, ResultJson.Default.RejectReach);
        else Print(context, reach, isTrial);
        return isTrial && reach.Rejects > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    void Print(CliContext context, RejectReach reach, bool isTrial)
    {
        if (reach.Rejects == 0)
        {
            context.Output.WriteLine(
                _verb == RejectVerb.Ignore ? "No matching open rejects." : "No matching ignored rejects.");
            return;
        }

        var many = $"{Counted.Of(reach.Rejects, "reject")} of {Counted.Of(reach.Files, "file")}";
        context.Output.WriteLine(
            isTrial ? $"This would {Name} {many}." : $"{many} {(_verb == RejectVerb.Ignore ? "ignored" : "reopened")}.");
        if (isTrial) context.Output.WriteLine($"Nothing has changed yet. To apply it, add --up-to {reach.UpTo} --yes");
    }
}
