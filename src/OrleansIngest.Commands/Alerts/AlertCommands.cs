using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Alerts;

/// <summary>The commands about alerts.</summary>
static class AlertCommands
{
    /// <summary>New instances, for one call.</summary>
    public static IngestCommand Create() => new GroupCommand(
        "alerts",
        "Show, acknowledge and mute alerts: list, ack, mute, mutes, unmute.",
        [new AlertListCommand(), new AlertAckCommand(), new AlertMuteCommand(), new AlertMutesCommand(),
            new AlertUnmuteCommand()],
        "ingest alerts list",
        "ingest alerts ack 17 --why 'asked the producer'",
        "ingest alerts mute --for 8h --pipeline orders --rule quarantined",
        "ingest alerts unmute 3");
}
