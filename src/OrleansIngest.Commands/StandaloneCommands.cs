using OrleansIngest.Commands.Alerts;
using OrleansIngest.Commands.Checks;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Pipelines;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Verbs;

namespace OrleansIngest.Commands;

/// <summary>The commands that need neither a silo nor pages, as the help groups them. Both programs have them: the complete one,
/// and the one that is compiled ahead of time, which <c>./ingest</c> prefers because it is there at once.</summary>
static class StandaloneCommands
{
    /// <summary>New instances, for one call.</summary>
    public static IReadOnlyList<IngestCommand> Create() =>
    [
        .. IngestCommand.In("Load", new LoadCommand(), new CheckCommand(), new InitCommand(), new GenerateCommand()),
        .. IngestCommand.In(
            "Inspect", new StatusCommand(), new FilesCommand(), new RejectsCommand(), new WhereCommand(), new HistoryCommand(),
            new ReportCommand(), new NodesCommand(), new PsqlCommand()),
        .. IngestCommand.In(
            "Operate", PauseCommand.Pause(), PauseCommand.Resume(), new LimitCommand(), FileVerbCommand.Retry(),
            FileVerbCommand.Skip(),
            FileVerbCommand.Quarantine(), new ReplayCommand(), new UndoCommand(), new RemoveCommand(), AlertCommands.Create()),
        .. IngestCommand.In(
            "Set up", PipelineCommands.Create(),
            new GroupCommand("config", "Compare the configuration with the running one: diff.", [new ConfigDiffCommand()],
                "ingest config diff"), new MigrateCommand()),
    ];
}
