using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class CoordinatorKeeper
{
    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pipeline}: the coordinator is unreachable and will be called every second: {Reason}")]
    partial void LogNotRunning(string pipeline, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: the coordinator is reachable again")]
    partial void LogRunning(string pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reporting the shutdown of this node to the ledger failed: {Reason}")]
    partial void LogDrainUnknown(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Searching for lost claims failed: {Reason}")]
    partial void LogFailed(string reason);
}
