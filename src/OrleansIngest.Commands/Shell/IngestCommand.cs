using System.CommandLine;

namespace OrleansIngest.Commands.Shell;

/// <summary>A command of the program: a name, help with examples, and what to do.</summary>
abstract class IngestCommand : Command
{
    /// <param name="name">As typed.</param>
    /// <param name="description">One sentence for the list of commands, then what a newcomer should know.</param>
    /// <param name="examples">Whole command lines, each with a word behind <c>#</c>.</param>
    protected IngestCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    readonly Dictionary<Option, string> _groups = [];

    /// <summary>The title under which the list of commands has it. Default: empty, none.</summary>
    public string Group { get; private set; } = "";

    /// <summary>Puts commands under a title.</summary>
    public static IEnumerable<IngestCommand> In(string group, params IngestCommand[] commands)
    {
        foreach (var command in commands) command.Group = group;
        return commands;
    }

    /// <summary>The title under which the help lists one of its options; empty for none.</summary>
    public string GroupOf(Option option) => _groups.GetValueOrDefault(option, "");

    /// <summary>Adds options under a title.</summary>
    protected void AddGroup(string title, Action<Command> add)
    {
        var before = Options.Count;
        add(this);
        for (var i = before; i < Options.Count; i++) _groups[Options[i]] = title;
    }

    /// <summary>Adds options under a title.</summary>
    protected void AddGroup(string title, params Option[] options) =>
        AddGroup(title, command => Array.ForEach(options, command.Add));

    /// <summary>Whole command lines that the help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Whether words that begin with <c>-</c> and are not options of this command are arguments: for a command that
    /// calls another program. Default: false.</summary>
    public virtual bool PassesOptionsOn => false;

    /// <summary>The exit code after Ctrl-C or SIGTERM: <see cref="ExitCode.Done"/> for a command that runs until it is stopped.
    /// Default:
    /// <see cref="ExitCode.Interrupted"/>.</summary>
    public virtual int ExitCodeWhenStopped(ParseResult parsed) => ExitCode.Interrupted;

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">Something that the person at the keyboard has to know.</exception>
    public abstract Task<int> RunAsync(CliContext context, CancellationToken cancellationToken);
}
