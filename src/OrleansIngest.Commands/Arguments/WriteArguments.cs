using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>How rows are written: <c>--write</c>, as <c>load</c> takes it.</summary>
sealed class WriteArguments
{
    readonly Option<string?> _write = new("--write")
    {
        Description = "append adds rows; replaceTable puts the rows of a file in the place of all rows of the table, in one moment. Default: as the pipeline says, append",
        HelpName = "MODE",
    };

    public WriteArguments() => _write.AcceptOnlyFromAmong("append", "replaceTable");

    public void AddTo(Command command) => command.Add(_write);

    /// <summary>Puts what was given in place of what the pipeline says.</summary>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (context.Get(_write) is { } mode) pipeline.Write = mode == "replaceTable" ? WriteMode.ReplaceTable : WriteMode.Append;
    }
}
