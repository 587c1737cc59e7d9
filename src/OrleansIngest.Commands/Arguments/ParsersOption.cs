using System.CommandLine;
using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>How many parsers read one large file: <c>--parsers</c>.</summary>
static class ParsersOption
{
    const int Most = 64;

    public static Option<string?> Create()
    {
        var option = new Option<string?>("--parsers")
        {
            Description = "Number of parsers that read one large file at the same time: 1 to 64, or auto for more than one only "
                + "while the database waits for rows. Default: the pipeline's setting, else auto",
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && token.Value != "auto" && NumberOf(token.Value) is not (>= 1 and <= Most))
                result.AddError($"--parsers must be auto or a whole number from 1 to {Most}, not '{token.Value}'");
        });
        return option;
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    public static void Apply(CliContext context, Option<string?> option, PipelineOptions pipeline)
    {
        if (context.IsGiven(option)) pipeline.Parsers = NumberOf(context.Get(option));
    }

    static int? NumberOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
