using Microsoft.Extensions.Logging;

namespace OrleansIngest.Hosting;

sealed partial class IngestService
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node:l} watches {Pipelines:l}")]
    partial void LogStarted(string node, string pipelines);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The database is unreachable and will be retried until it answers: {Reason}")]
    partial void LogNotReached(string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Comparing this node's claims with the ledger failed and will be retried: {Reason}")]
    partial void LogClaimsUnknown(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reporting the shutdown of this node to the ledger failed: {Reason}")]
    partial void LogDrainUnknown(string reason);
}
