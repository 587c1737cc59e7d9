using Microsoft.Extensions.Logging;

namespace OrleansIngest.Grains;

sealed partial class FileGrain
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Pipeline}: file {FileId} was claimed again while it was loading; epoch {New} replaces {Old}")]
    partial void LogReplaced(string pipeline, long fileId, int old, int @new);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Pipeline}: loading {Path} (file {FileId}) failed because of a bug in this program; please report it")]
    partial void LogFailed(string pipeline, string path, long fileId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pipeline}: file {FileId} could not be returned ({Reason}); it will be claimed again after this "
            + "node has left")]
    partial void LogNotHandedBack(string pipeline, long fileId, string reason);
}
