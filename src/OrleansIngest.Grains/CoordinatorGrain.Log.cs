using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class CoordinatorGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: coordinated by node {Node}; paused: {Paused}")]
    partial void LogStarted(string pipeline, string node, bool paused);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Pipeline}: operator settings: paused {Paused} by {Who}, files in flight at most {MaxInFlight}, "
            + "priority {Priority}")]
    partial void LogOrders(string pipeline, bool paused, string? who, int? maxInFlight, int priority);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pipeline}: storing the operator settings in the grain's state failed and will be retried in a "
            + "second: {Reason}")]
    partial void LogNotRemembered(string pipeline, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pipeline}: a round of the coordinator failed and will be retried every second: {Reason}")]
    partial void LogFailed(string pipeline, string reason, Exception? failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: the coordinator has recovered")]
    partial void LogRecovered(string pipeline);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: coordinated by node {Node} with the new configuration")]
    partial void LogReconfigured(string pipeline, string node);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Pipeline}: no longer coordinated by node {Node}: its configuration does not contain the pipeline; files in "
            + "progress will be finished")]
    partial void LogRemoved(string pipeline, string node);
}
