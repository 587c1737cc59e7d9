using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class CoordinatorGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: coordinated by node {Node}; paused: {Paused}")]
    partial void LogStarted(string pipeline, string node, bool paused);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: orders: paused {Paused} by {Who}, files in flight at most {MaxInFlight}, priority {Priority}")]
    partial void LogOrders(string pipeline, bool paused, string? who, int? maxInFlight, int priority);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pipeline}: the orders of operators could not be written into the grain's state, and are again in a second: {Reason}")]
    partial void LogNotRemembered(string pipeline, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pipeline}: a round of the coordinator failed, and is tried again every second until it works: {Reason}")]
    partial void LogFailed(string pipeline, string reason, Exception? failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: the coordinator works again")]
    partial void LogRecovered(string pipeline);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: coordinated with its new configuration by node {Node}")]
    partial void LogReconfigured(string pipeline, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: not coordinated by node {Node} any more: its configuration has no such pipeline; files in work go on to their end")]
    partial void LogRemoved(string pipeline, string node);
}
