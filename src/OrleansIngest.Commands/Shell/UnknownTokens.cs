using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Shell;

/// <summary>Finds the words of a command line that are neither command nor option, and says what was probably meant. The parser
/// takes an option that it does not know for one more argument, where a command has arguments: <c>load a.csv --tabel t</c> would
/// load three files.</summary>
static class UnknownTokens
{
    /// <summary>What is wrong with the first of them; null: there is none.</summary>
    public static string? Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        // Only the program itself has commands; a command's own arguments are taken as they are.
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..] && !LooksLikeOption(word))
            return $"unknown command '{word}'{Meant(word, command.Subcommands.Select(known => known.Name))}";
        // asked for help
        if (parsed.Action?.ClearsParseErrors == true || FirstOption(parsed, command) is not { } option) return null;
        var name = option.Split('=', 2)[0];
        var meant = name.StartsWith("--", StringComparison.Ordinal) ? Meant(name, NamesOf(parsed.CommandResult)) : "";
        return $"unknown option {name}{meant}";
    }

    static string? FirstOption(ParseResult parsed, Command command)
    {
        if (command is IngestCommand { PassesOptionsOn: true }) return null;
        var asArguments = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens).Where(LooksLikeOption).ToHashSet(StringComparer.Ordinal);
        // Behind -- a file may be called anything.
        return parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value)
            .FirstOrDefault(asArguments.Contains);
    }

    static bool LooksLikeOption(string word) => word.Length > 1 && word[0] == '-' && word != "--";

    static IEnumerable<string> NamesOf(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is not CommandResult { Command: var command }) continue;
            foreach (var option in command.Options.Where(
                option => !option.Hidden && (command == result.Command || option.Recursive)))
            {
                yield return option.Name;
                foreach (var alias in option.Aliases) yield return alias;
            }
        }
    }

    static string Meant(string word, IEnumerable<string> known) =>
        NearestName.Find(word, known) is { } nearest ? $"; did you mean {nearest}?" : "";
}
