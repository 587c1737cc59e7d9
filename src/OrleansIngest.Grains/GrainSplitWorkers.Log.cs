using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class GrainSplitWorkers
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Pipeline}: node {Node} did not confirm that it loads a part of file {FileId}, from byte {Start} ({Reason})")]
    partial void LogNoAnswer(string pipeline, long fileId, string node, long start, string reason);
}
