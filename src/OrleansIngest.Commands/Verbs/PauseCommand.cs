using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Pauses or resumes pipelines.</summary>
sealed class PauseCommand : VerbCommand
{
    readonly bool _pause;
    readonly Argument<string[]> _pipelines = new("PIPELINE")
    { Description = "Names of pipelines", Arity = ArgumentArity.OneOrMore };

    PauseCommand(bool pause, string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        _pause = pause;
        Add(_pipelines);
    }

    /// <summary><c>ingest pause</c>.</summary>
    public static PauseCommand Pause() => new(
        true, "pause",
        "Stop claiming files of a pipeline until resume: files in progress finish, new files wait. Survives restarts.",
        "ingest pause events --why 'the table is rebuilt'");

    /// <summary><c>ingest resume</c>.</summary>
    public static PauseCommand Resume() => new(false, "resume", "Resume a paused pipeline.", "ingest resume events");

    /// <inheritdoc/>
    protected override async Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var ledger = new OperatorLedger(dataSource);
        var items = new List<VerbReportItem>();
        foreach (var name in context.Get(_pipelines)!)
        {
            var result = _pause ? await ledger.PauseAsync(name, act, cancellationToken)
                : await ledger.ResumeAsync(name, act, cancellationToken);
            if (result.Outcome == VerbOutcome.Unknown)
                result = await PipelineNames.AddMeantAsync(dataSource, name, result, cancellationToken);
            items.Add(VerbReportItem.Of(name, result));
        }

        return new VerbReport(items).Print(context);
    }
}
