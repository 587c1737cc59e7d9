namespace OrleansIngest.Commands.Shell;

/// <summary>A word in front of commands that belong together; alone it does nothing.</summary>
sealed class GroupCommand : IngestCommand
{
    /// <inheritdoc cref="IngestCommand(string, string, string[])"/>
    public GroupCommand(string name, string description, IReadOnlyList<IngestCommand> commands, params string[] examples)
        : base(name, description, examples)
    {
        foreach (var command in commands) Add(command);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken) =>
        throw CliException.Usage($"{Name} needs a subcommand: {string.Join(", ", Subcommands.Select(command => command.Name))}");
}
