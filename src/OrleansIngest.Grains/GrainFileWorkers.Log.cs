using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class GrainFileWorkers
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Pipeline}: file {FileId} could not be delivered to node {Node} ({Reason}); the ledger will "
            + "release its claim")]
    partial void LogNotHandedOver(string pipeline, long fileId, string node, string reason);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "A silo is slow to accept its files; the coordinator continues without waiting (files in this round: {Files})")]
    partial void LogSlow(int files);
}
