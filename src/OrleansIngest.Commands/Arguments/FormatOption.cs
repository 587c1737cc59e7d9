using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary><c>--format</c>, as <c>load</c>, <c>check</c> and <c>init</c> take it.</summary>
static class FormatOption
{
    static readonly string[] Names = [.. Enum.GetNames<InputFormat>().Select(name => name.ToLowerInvariant())];

    /// <summary>A new option.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--format")
        {
            Description = $"File format: {string.Join(", ", Names[..^1])} or {Names[^1]}. "
                + "Default: the pipeline's setting, else auto",
            HelpName = "FORMAT",
        };
        option.AcceptOnlyFromAmong(Names);
        return option;
    }

    /// <summary>Sets the pipeline's format to that of the command line, if given.</summary>
    public static void Apply(CliContext context, Option<string?> option, PipelineOptions pipeline)
    {
        if (context.Get(option) is not { } name) return;
        pipeline.Format = Enum.Parse<InputFormat>(name, ignoreCase: true);
        if (pipeline.Format == InputFormat.Fixed && pipeline.Fixed.Columns.Count == 0)
            throw CliException.Usage("--format fixed needs a pipeline with the positions of the fields (\"fixed\": { "
                + "\"columns\": … } in ingest.json)");
    }
}
