using Microsoft.Extensions.Logging;

namespace OrleansIngest.Silo;

public sealed partial class DatabaseNodes
{
    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Database {Database:l} is unreachable, so its pipelines wait; the connection will be retried until it "
            + "succeeds: {Reason}")]
    partial void LogNotReached(string database, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Database:l}: joined its ledger")]
    partial void LogJoined(string database);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Database {Database:l} is configured under another name too, and must not be used twice; its pipelines wait")]
    partial void LogTwice(string database);
}
