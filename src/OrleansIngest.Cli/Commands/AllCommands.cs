using OrleansIngest.Cli.Commands.Looks;
using OrleansIngest.Cli.Commands.Verbs;
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
        new MonitorCommand(),
        new StatusCommand(),
        new FilesCommand(),
        new RejectsCommand(),
        new HistoryCommand(),
        new NodesCommand(),
        PauseCommand.Pause(),
        PauseCommand.Resume(),
        new LimitCommand(),
        FileVerbCommand.Retry(),
        FileVerbCommand.Skip(),
        FileVerbCommand.Quarantine(),
        new ReplayCommand(),
        new PsqlCommand(),
        new GenerateCommand(),
        new CheckCommand(),
        new InitCommand(),
        new MigrateCommand(),
    ];
}
