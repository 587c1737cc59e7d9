using System.CommandLine;
using System.CommandLine.Completions;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Options with a fixed list of values: the same list is checked, is named in the message, and completes the command
/// line.</summary>
static class KnownValues
{
    /// <summary>Offers values for completion; other values are not refused by the parser.</summary>
    /// <param name="option">The option.</param>
    /// <param name="values">Asked only when something is completed or described: most calls of the program need none.</param>
    public static void Offer(this Option option, Func<IEnumerable<string>> values) =>
        option.CompletionSources.Add(_ => values().Select(value => new CompletionItem(value)));

    /// <summary>Parses values between commas.</summary>
    /// <param name="text">As given; null for none.</param>
    /// <param name="option">Whose value it is, with its dashes.</param>
    /// <param name="known">The values that exist.</param>
    /// <param name="alsoTaken">Further values that are taken, and not listed in the message. Default: none.</param>
    /// <exception cref="CliException">One is unknown.</exception>
    public static IReadOnlyList<string> Some(
        string? text, string option, IReadOnlyList<string> known, IReadOnlyList<string>? alsoTaken = null)
    {
        var given = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return given.FirstOrDefault(value => !known.Contains(value) && alsoTaken?.Contains(value) != true) is { } wrong
            ? throw CliException.Usage(Refusal(option, "some", wrong, [.. known, .. alsoTaken ?? []], known))
            : given;
    }

    /// <summary><c>--write must be one of append, upsert, not 'upser'; did you mean upsert?</c></summary>
    /// <param name="name">Of the option or the argument.</param>
    /// <param name="wrong">The value.</param>
    /// <param name="known">The values that exist.</param>
    public static string Refusal(string name, string wrong, IReadOnlyList<string> known) =>
        Refusal(name, "one", wrong, known, known);

    static string Refusal(
        string name, string number, string wrong, IReadOnlyList<string> near, IReadOnlyList<string> listed)
    {
        var meant = NearestName.Find(wrong, near) is { } nearest ? $"; did you mean {nearest}?" : "";
        return $"{name} must be {number} of {string.Join(", ", listed)}, not '{wrong}'{meant}";
    }
}
