using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Manual;

/// <summary>A command as the parser knows it. Help, man page and completions are all written from it, so that none of them can
/// lack an option.</summary>
/// <param name="Path">The words after the program's name, such as <c>pipeline add</c>; empty for the program itself.</param>
/// <param name="Summary">The description's first sentence.</param>
/// <param name="Description">All of it.</param>
/// <param name="Group">Its group in the list of commands; empty for none.</param>
/// <param name="Arguments">In their order.</param>
/// <param name="Options">Its own, in their order.</param>
/// <param name="Global">Those that every command takes.</param>
/// <param name="Commands">Below it.</param>
/// <param name="Examples">Whole command lines.</param>
sealed record CommandInfo(
    string Path, string Summary, string Description, string Group, IReadOnlyList<ArgumentInfo> Arguments,
    IReadOnlyList<OptionInfo> Options,
    IReadOnlyList<OptionInfo> Global, IReadOnlyList<CommandInfo> Commands, IReadOnlyList<string> Examples)
{
    /// <summary>The last word of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>As typed: the program, the path, and what may follow.</summary>
    public string Usage => string.Join(' ', new[]
    {
        "ingest", Path, Commands.Count == 0 ? "" : Arguments.Count == 0 ? "COMMAND" : "[COMMAND]",
        string.Join(' ', Arguments.Select(a => a.Usage)), "[OPTION]...",
    }.Where(word => word.Length > 0));

    /// <summary>It and all below it.</summary>
    public IEnumerable<CommandInfo> All => Commands.SelectMany(c => c.All).Prepend(this);

    /// <summary>Describes a command of the parser.</summary>
    public static CommandInfo Of(Command command)
    {
        var path = PathOf(command);
        var description = command.Description ?? "";
        var isGlobal = command.Options.Where(o => !o.Hidden).ToLookup(o => o.Recursive || o is HelpOption or VersionOption);
        var inherited = command.Parents.OfType<Command>().SelectMany(GlobalOf);
        return new CommandInfo(
            path,
            SummaryOf(description),
            description,
            (command as IngestCommand)?.Group ?? "",
            [.. command.Arguments.Where(a => !a.Hidden).Select(ArgumentInfo.Of)],
            [.. isGlobal[false].Select(o => OptionInfo.Of(o, (command as IngestCommand)?.GroupOf(o) ?? ""))],
            [.. isGlobal[true].Concat(inherited).Select(o => OptionInfo.Of(o, ""))],
            [.. command.Subcommands.Where(c => !c.Hidden).Select(Of)],
            (command as IngestCommand)?.Examples ?? IngestCli.Examples);
    }

    static IEnumerable<Option> GlobalOf(Command command) =>
        command.Options.Where(o => !o.Hidden && (o.Recursive || o is HelpOption))
            .Concat(command.Parents.OfType<Command>().SelectMany(GlobalOf));

    static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}".TrimStart() : "";

    static string SummaryOf(string description)
    {
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? description : description[..(end + 1)];
    }
}

/// <summary>An argument.</summary>
/// <param name="Name">In capitals.</param>
/// <param name="Description">What it means.</param>
/// <param name="Usage">In brackets if it is optional, with dots if there may be several.</param>
/// <param name="Choices">The allowed values; empty for any.</param>
/// <param name="IsPath">Whether it names a file or a directory.</param>
sealed record ArgumentInfo(string Name, string Description, string Usage, IReadOnlyList<string> Choices, bool IsPath)
{
    /// <summary>Describes one of the parser's.</summary>
    public static ArgumentInfo Of(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name;
        var many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
        var usage = argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}{many}]" : name + many;
        return new ArgumentInfo(name, argument.Description ?? "", usage, OptionInfo.ChoicesOf(argument),
            OptionInfo.MeansPath(name));
    }
}

/// <summary>An option.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Aliases">Other names, with theirs.</param>
/// <param name="Description">What it means.</param>
/// <param name="Value">The name of its value in the help; null for a switch.</param>
/// <param name="Choices">The allowed values; empty for any.</param>
/// <param name="Group">Its group in the help; empty for none.</param>
sealed record OptionInfo(string Name, IReadOnlyList<string> Aliases, string Description, string? Value,
    IReadOnlyList<string> Choices, string Group)
{
    static readonly string[] Paths = ["FILE", "PATH", "DIR", "FOLDER"];

    /// <summary>Whether the value names a file or a directory.</summary>
    public bool IsPath => Value is not null && MeansPath(Value);

    /// <summary>Whether several of the choices can be given, between commas. Default: false.</summary>
    public bool IsList { get; init; }

    /// <summary>All its names, short ones first.</summary>
    public IEnumerable<string> Names => Aliases.Append(Name).OrderBy(name => name.StartsWith("--", StringComparison.Ordinal));

    /// <summary>Names and value, such as <c>-w, --watch DIR</c>.</summary>
    public string Usage => string.Join(", ", Names) + (Value is null ? "" : $" {Value}");

    /// <summary>Describes one of the parser's.</summary>
    public static OptionInfo Of(Option option, string group)
    {
        var isSwitch = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)
            || option is HelpOption or VersionOption;
        return new OptionInfo(
            option.Name,
            [.. option.Aliases.Where(alias => alias[0] == '-' && alias != "-?").Order(StringComparer.Ordinal)],
            option.Description ?? "",
            isSwitch ? null : option.HelpName ?? "VALUE",
            isSwitch ? [] : ChoicesOf(option),
            group)
        { IsList = option is ListOption };
    }

    /// <summary>The values that a symbol of the parser accepts.</summary>
    public static IReadOnlyList<string> ChoicesOf(Symbol symbol) =>
        [.. symbol.GetCompletions(CompletionContext.Empty).Select(c => c.Label)];

    /// <summary>Whether a value of this name is a file or a directory.</summary>
    public static bool MeansPath(string name) => Paths.Any(word => name.StartsWith(word, StringComparison.Ordinal));
}
