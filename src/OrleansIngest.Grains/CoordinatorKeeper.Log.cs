using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class CoordinatorKeeper
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pipeline}: its coordinator cannot be reached, and is asked for every second until it answers: {Reason}")]
    partial void LogNotRunning(string pipeline, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: its coordinator answers again")]
    partial void LogRunning(string pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger was not told that this node stops: {Reason}")]
    partial void LogDrainUnknown(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for lost claims failed: {Reason}")]
    partial void LogFailed(string reason);
}
