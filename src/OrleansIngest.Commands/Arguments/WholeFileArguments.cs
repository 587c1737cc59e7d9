using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Files that become visible all at once, and their thresholds: <c>--whole-file</c> and <c>--max-rejected…</c>,
/// as <c>load</c> takes them.</summary>
sealed class WholeFileArguments
{
    readonly Option<bool> _wholeFile = new("--whole-file")
    {
        Description =
            "Make the rows of a file visible all at once, when the whole file is loaded. Default: the pipeline's "
                + "setting, else no",
    };

    readonly Option<long?> _maxRejected = Count("--max-rejected",
        "Roll back and quarantine a file with more than this many rejected records");

    readonly Option<double?> _percent = new("--max-rejected-percent")
    {
        Description =
            "Roll back and quarantine a file with more than this share of rejected records, in percent. Default: the pipeline's "
                + "setting, else no limit",
        HelpName = "PERCENT",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value.TrimEnd('%') : "";
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value is >= 0 and <= 100) return value;
            result.AddError($"--max-rejected-percent must be a number from 0 to 100, such as 0.5, not '{text}'");
            return null;
        },
    };

    readonly Option<long?> _inRow = Count("--max-rejected-in-row",
        "Roll back and quarantine a file with more than this many consecutive rejected records");

    public void AddTo(Command command)
    {
        command.Add(_wholeFile);
        command.Add(_maxRejected);
        command.Add(_percent);
        command.Add(_inRow);
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (context.Get(_wholeFile)) pipeline.WholeFile = true;
        if (context.Get(_maxRejected) is { } most) pipeline.MaxRejected = most;
        if (context.Get(_percent) is { } percent) pipeline.MaxRejectedPercent = percent;
        if (context.Get(_inRow) is { } inRow) pipeline.MaxRejectedInRow = inRow;
        OptionProblems.Refuse(pipeline, _wholeFile.Name, _maxRejected.Name, _percent.Name, _inRow.Name, "--on-change",
            "--on-rewrite");
    }

    static Option<long?> Count(string name, string description) => new(name)
    {
        Description = $"{description}. Default: the pipeline's setting, else no limit",
        HelpName = "N",
        CustomParser = result => CountOf(name, result),
    };

    static long? CountOf(string name, ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture, out var value)) return value;
        var share = name == "--max-rejected" ? "; for an exit code by the share of a run: --max-rejected-share" : "";
        result.AddError($"{name} must be a whole number of records, and not '{text}'{share}");
        return null;
    }
}
