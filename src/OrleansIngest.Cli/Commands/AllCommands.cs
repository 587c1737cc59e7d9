using OrleansIngest.Cli.Shell;

namespace OrleansIngest.Cli.Commands;

/// <summary>The commands, in the order in which the help lists them.</summary>
static class AllCommands
{
    public static IReadOnlyList<IngestCommand> Create() =>
    [
        new DemoCommand(),
        new UpCommand(),
        new LoadCommand(),
        new GenerateCommand(),
        new CheckCommand(),
        new InitCommand(),
        new MigrateCommand(),
    ];
}
