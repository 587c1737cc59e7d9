using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Files that are followed while they grow: <c>--tail</c> and <c>--tail-idle</c>, as <c>load</c> takes them.</summary>
sealed class TailArguments
{
    readonly Option<bool> _tail = new("--tail")
    {
        Description =
            "Follow growing files: commit complete lines as they are written, until none has been written for --tail-idle. "
                + "Default: the pipeline's setting, else no",
    };

    readonly Option<TimeSpan?> _idle = UnitOptions.Duration("--tail-idle",
        "With --tail: stop following a file after this time without a new line. Default: the pipeline's setting, else 1m");

    public void AddTo(Command command)
    {
        command.Add(_tail);
        command.Add(_idle);
    }

    /// <summary>Overrides the pipeline's options with those of the command line; call it after all
    /// other options were applied.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="pipeline">The pipeline to change.</param>
    /// <param name="inOneTransaction">Whether each file is to be loaded in one transaction.</param>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline, bool inOneTransaction)
    {
        if (context.Get(_tail)) pipeline.Tail = true;
        if (context.Get(_idle) is { } idle) pipeline.TailIdle = idle;
        if (pipeline.Tail && inOneTransaction)
            throw CliException.Usage("--tail commits lines as they arrive, so it does not work with --one-transaction");
        foreach (var problem in pipeline.Validate(""))
        {
            if (problem.Path == ".tail") throw CliException.Usage($"--tail: {problem.Message}");
            if (problem.Path == ".tailIdle") throw CliException.Usage($"--tail-idle {problem.Message}");
        }
    }
}
