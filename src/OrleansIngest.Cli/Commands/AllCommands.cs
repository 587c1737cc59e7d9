using OrleansIngest.Commands;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Cli.Commands;

/// <summary>The commands, in the order in which the help lists them.</summary>
static class AllCommands
{
    /// <summary>New ones, for one call.</summary>
    public static IReadOnlyList<IngestCommand> Create() => [new DemoCommand(), new UpCommand(), new MonitorCommand(), .. StandaloneCommands.Create()];
}
