using Microsoft.Extensions.Logging;

namespace OrleansIngest.Silo;

public sealed partial class DatabaseNodes
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Database {Database:l}: not reached, its pipelines wait; it is tried again until it answers: {Reason}")]
    partial void LogNotReached(string database, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Database:l}: joined its ledger")]
    partial void LogJoined(string database);

    [LoggerMessage(Level = LogLevel.Error, Message = "Database {Database:l}: is the database of another name in the configuration, and must not be used twice; its pipelines wait")]
    partial void LogTwice(string database);
}
