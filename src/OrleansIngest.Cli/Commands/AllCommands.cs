using OrleansIngest.Commands;
using OrleansIngest.Commands.Manual;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Cli.Commands;

/// <summary>The commands, as the help groups them.</summary>
static class AllCommands
{
    /// <summary>New instances, for one call. Commands that describe commands are here, because only this
    /// program knows all of them.</summary>
    public static IReadOnlyList<IngestCommand> Create() =>
    [
        .. IngestCommand.In("Load", new DemoCommand(), new UpCommand()),
        .. StandaloneCommands.Create(),
        .. IngestCommand.In("Inspect", new MonitorCommand()),
        .. IngestCommand.In("Set up", new CompletionCommand(), new ManCommand()),
    ];
}
