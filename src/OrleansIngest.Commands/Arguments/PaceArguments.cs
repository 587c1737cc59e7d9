using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The rate limits of <c>load</c>: <c>--max-rows-per-second</c> and <c>--max-bytes-per-second</c>.</summary>
sealed class PaceArguments
{
    readonly Option<long?> _rows = new("--max-rows-per-second")
    {
        Description = "Maximum records per second; 0 for no limit. Default: the pipeline's setting, else no limit",
        HelpName = "N",
    };

    readonly Option<long?> _bytes = new("--max-bytes-per-second")
    {
        Description =
            "Maximum bytes per second sent to the database, such as 5MiB; 0 for no limit. Default: the pipeline's setting, "
                + "else no limit",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (SizeText.TryParse(text, out var bytes)) return bytes;
            result.AddError($"--max-bytes-per-second must be {SizeText.Expected}, not '{text}'");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        command.Add(_rows);
        command.Add(_bytes);
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <exception cref="CliException">A limit is out of its range.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (context.Get(_rows) is { } rows) pipeline.MaxRowsPerSecond = rows;
        if (context.Get(_bytes) is { } bytes) pipeline.MaxBytesPerSecond = bytes;
        OptionProblems.Refuse(pipeline, _rows.Name, _bytes.Name);
    }
}
