using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary><c>--delimiter</c>, as <c>load</c>, <c>check</c> and <c>init</c> take it.</summary>
static class DelimiterOption
{
    /// <summary>A new one.</summary>
    /// <param name="standard">What holds without it, for the help.</param>
    public static Option<string?> Create(string standard) => new("--delimiter")
    {
        Description = $"What stands between fields: one character, tab, or auto. Default: {standard}",
        HelpName = "CHAR",
    };

    /// <summary>Gives a pipeline the delimiter that was asked for, if one was.</summary>
    /// <returns>Whether one was.</returns>
    /// <exception cref="CliException">It is none.</exception>
    public static bool Apply(CliContext context, Option<string?> option, CsvOptions csv)
    {
        if (context.Get(option) is not { } text) return false;
        csv.Delimiter = Parse(text);
        if (csv.Delimiter == (csv.Quote ?? '"')) throw Wrong(text, "the quote");
        return true;
    }

    static char? Parse(string text) => text switch
    {
        "auto" => null,
        "tab" or "\\t" => '\t',
        [var one] when char.IsAscii(one) && one is not ('\r' or '\n' or '\0') => one,
        _ => throw Wrong(text, "this"),
    };

    static CliException Wrong(string text, string what) =>
        CliException.Usage($"--delimiter must be {DelimiterJsonConverter.Expected.Replace("\"", "", StringComparison.Ordinal)}, in ASCII, and not {what}: '{text}'");
}
