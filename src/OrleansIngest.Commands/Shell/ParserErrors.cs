using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Manual;

namespace OrleansIngest.Commands.Shell;

/// <summary>The parser's errors in the words of the other messages: with the name of the option or the argument, which the
/// parser's own often lack, on one line.</summary>
static class ParserErrors
{
    /// <summary>The message of an error.</summary>
    public static string Describe(ParseError error) => error.SymbolResult switch
    {
        OptionResult option => OfOption(option) ?? error.Message,
        ArgumentResult { Parent: OptionResult option } => OfOption(option) ?? error.Message,
        ArgumentResult { Parent: CommandResult command, Tokens.Count: 0 } => Missing(command) ?? error.Message,
        ArgumentResult argument =>
            OfValue(argument.Argument.Name, argument.Argument, argument.Argument.Arity, argument.Tokens) ?? error.Message,
        CommandResult command => Missing(command) ?? error.Message,
        _ => error.Message,
    };

    static string? OfOption(OptionResult result)
    {
        var option = result.Option;
        if (result.Tokens.Count == 0 && result is { Implicit: false, Option.Arity.MinimumNumberOfValues: > 0 })
        {
            var known = OptionInfo.ChoicesOf(option);
            return known.Count > 0 ? $"{option.Name} needs a value: one of {string.Join(", ", known)}"
                : $"{option.Name} needs a value: {option.Name} {option.HelpName ?? "VALUE"}";
        }

        return OfValue(option.Name, option, option.Arity, result.Tokens) ?? (result.Implicit && option.Required
            ? $"{option.Name} is missing: {option.Name} {option.HelpName ?? "VALUE"}" : null);
    }

    static string? OfValue(string name, Symbol symbol, ArgumentArity arity, IReadOnlyList<Token> tokens)
    {
        if (tokens.Count > arity.MaximumNumberOfValues) return null; // that is the error, whatever the values are
        var known = OptionInfo.ChoicesOf(symbol);
        return known.Count > 0 && tokens.FirstOrDefault(token => !known.Contains(token.Value)) is { } wrong
            ? KnownValues.Refusal(name, wrong.Value, known) : null;
    }

    /// <summary>The first argument that is needed and not given.</summary>
    static string? Missing(CommandResult result)
    {
        foreach (var argument in result.Command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0))
        {
            if (result.GetResult(argument) is { Tokens.Count: > 0 }) continue;
            var info = CommandInfo.Of(result.Command);
            return $"{ArgumentInfo.Of(argument).Name} is missing: ingest {info.Path} "
                + string.Join(' ', info.Arguments.Select(a => a.Usage));
        }

        return null;
    }
}
