using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class FileGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pipeline}: file {FileId} was claimed again under its worker; epoch {Old} gives way to {New}")]
    partial void LogReplaced(string pipeline, long fileId, int old, int @new);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Pipeline}: loading {Path} (file {FileId}) ended with a defect of this program")]
    partial void LogFailed(string pipeline, string path, long fileId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Pipeline}: file {FileId} could not be handed back ({Reason}); it is claimed anew when this node is gone")]
    partial void LogNotHandedBack(string pipeline, long fileId, string reason);
}
