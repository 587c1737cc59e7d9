using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class CoordinatorGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: coordinated by node {Node}; paused: {Paused}")]
    partial void LogStarted(string pipeline, string node, bool paused);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: {What} by {Who}")]
    partial void LogPaused(string pipeline, string what, string who);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pipeline}: a round of the coordinator failed, and is tried again every second until it works: {Reason}")]
    partial void LogFailed(string pipeline, string reason, Exception? failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: the coordinator works again")]
    partial void LogRecovered(string pipeline);
}
