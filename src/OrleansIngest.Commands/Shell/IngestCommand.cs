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

    /// <summary>Whole command lines that the help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Whether words that begin with <c>-</c> and are no options of this command are arguments: for a command that calls another program. Default: false.</summary>
    public virtual bool PassesOptionsOn => false;

    /// <summary>The exit code after Ctrl-C or SIGTERM: <see cref="ExitCode.Done"/> for a command that runs until it is stopped. Default:
    /// <see cref="ExitCode.Interrupted"/>.</summary>
    public virtual int ExitCodeWhenStopped(ParseResult parsed) => ExitCode.Interrupted;

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">Something that the person at the keyboard has to know.</exception>
    public abstract Task<int> RunAsync(CliContext context, CancellationToken cancellationToken);
}
