using Microsoft.Extensions.Logging;

namespace OrleansIngest.Monitor.Drops;

/// <summary>What is logged of dropped files.</summary>
static partial class DropLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Loading the dropped file {File:l} into {Table:l} failed")]
    public static partial void Failed(ILogger logger, string file, string table, Exception failure);
}
