using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class GrainFileWorkers
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: file {FileId} could not be handed to node {Node} ({Reason}); its claim comes back through the ledger")]
    partial void LogNotHandedOver(string pipeline, long fileId, string node, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A silo is slow to take its files; the coordinator goes on without waiting (files in this round: {Files})")]
    partial void LogSlow(int files);
}
