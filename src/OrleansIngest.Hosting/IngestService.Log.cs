using Microsoft.Extensions.Logging;

namespace OrleansIngest.Hosting;

sealed partial class IngestService
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node:l} watches {Pipelines:l}")]
    partial void LogStarted(string node, string pipelines);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be reached; it is tried again until it answers: {Reason}")]
    partial void LogNotReached(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Claims of this node could not be compared with the ledger; it is tried again: {Reason}")]
    partial void LogClaimsUnknown(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger was not told that this node stops: {Reason}")]
    partial void LogDrainUnknown(string reason);
}
