namespace OrleansIngest.Commands.Manual;

/// <summary>Scripts that complete command lines without calling the program: they contain all lists, so that a
/// key press starts no process.</summary>
static class CompletionScript
{
    /// <summary>The supported shells.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    /// <summary>The script.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="program">The program itself.</param>
    public static string For(string shell, CommandInfo program) => shell switch
    {
        "bash" => BashCompletion.Script(program),
        "zsh" => ZshCompletion.Script(program),
        "fish" => FishCompletion.Script(program),
        "powershell" => PowerShellCompletion.Script(program),
        _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "not one of the shells"),
    };

    /// <summary>All options that a command takes.</summary>
    public static IEnumerable<OptionInfo> OptionsOf(CommandInfo command) => command.Options.Concat(command.Global);

    /// <summary>The names of all options with a value, of any command: the word after one is not a command.</summary>
    public static IReadOnlyList<string> WithValue(CommandInfo program) =>
        [.. program.All.SelectMany(OptionsOf).Where(o => o.Value is not null).SelectMany(o => o.Names)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What completes a value: words, or files; null for neither.</summary>
    public static string? JoinChoices(IReadOnlyList<string> choices) => choices.Count > 0 ? string.Join(' ', choices) : null;

    /// <summary>A description on one line, at most as long as a list of completions has room for.</summary>
    public static string Brief(string description)
    {
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        var brief = (end < 0 ? description : description[..end]).TrimEnd('.');
        return brief.Length <= 70 ? brief : brief[..brief.LastIndexOf(' ', 69)] + " ...";
    }
}
