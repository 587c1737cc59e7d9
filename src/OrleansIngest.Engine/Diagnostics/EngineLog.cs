using Microsoft.Extensions.Logging;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>All log messages of the Engine. Parameters named pipeline, file and node become properties
/// of structured log entries.</summary>
static partial class EngineLog
{
    [LoggerMessage(1001, LogLevel.Warning, "Waiting for the database: {Reason}")]
    public static partial void WaitingForDatabase(ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Information, "The database is available again after {Seconds:0.0} s")]
    public static partial void DatabaseIsBack(ILogger logger, double seconds);

    [LoggerMessage(1101, LogLevel.Information,
        "{Pipeline}: loaded {File} ({FileId}): rows {Rows}, rejected {Rejected}, skipped {Skipped}")]
    public static partial void FileLoaded(ILogger logger, string pipeline, string file, long fileId, long rows, long rejected,
        long skipped);

    [LoggerMessage(LogEvents.FileFailed, LogLevel.Warning,
        "{Pipeline}: {File} ({FileId}) failed in attempt {Attempt}, next attempt in {Seconds:0} s: {Reason}")]
    public static partial void FileFailed(ILogger logger, string pipeline, string file, long fileId, int attempt, double seconds,
        string reason);

    [LoggerMessage(LogEvents.FileQuarantined, LogLevel.Error, "{Pipeline}: quarantined {File} ({FileId}): {Reason}")]
    public static partial void FileQuarantined(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1104, LogLevel.Information,
        "{Pipeline}: stopped loading {File} ({FileId}): its claim of epoch {Epoch} is no longer in force")]
    public static partial void FileFenced(ILogger logger, string pipeline, string file, long fileId, int epoch);

    [LoggerMessage(1105, LogLevel.Warning, "{Pipeline}: {File} ({FileId}): {Reason}")]
    public static partial void FilePutBack(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1150, LogLevel.Information, "{Pipeline}: node {Node} loads parts of {File} ({FileId})")]
    public static partial void FileSplit(ILogger logger, string pipeline, string node, string file, long fileId);

    [LoggerMessage(1151, LogLevel.Debug, "{Pipeline}: node {Node} loads no parts of {File} ({FileId}): {Reason}")]
    public static partial void SplitRefused(
        ILogger logger, string pipeline, string node, string file, long fileId, string reason);

    [LoggerMessage(1152, LogLevel.Information,
        "{Pipeline}: node {Node} gave back a part of {File} ({FileId}), which is read here: {Reason}")]
    public static partial void SplitReturned(
        ILogger logger, string pipeline, string node, string file, long fileId, string reason);

    [LoggerMessage(1106, LogLevel.Information, "{Pipeline}: ignoring {File}: {Reason}")]
    public static partial void FileExcluded(ILogger logger, string pipeline, string file, string reason);

    [LoggerMessage(1107, LogLevel.Information, "{Pipeline}: {File}: {ColumnsNote}")]
    public static partial void ColumnsNoted(ILogger logger, string pipeline, string file, string columnsNote);

    [LoggerMessage(1108, LogLevel.Error,
        "{Pipeline}: {File} ({FileId}): the loader failed because of a bug in this program; please report it; the file will be "
        + "claimed again")]
    public static partial void LoaderFailed(ILogger logger, string pipeline, string file, long fileId, Exception failure);

    [LoggerMessage(1110, LogLevel.Information,
        "{Pipeline}: {File} ({FileId}) is an archive; its {Members} will be loaded as separate files")]
    public static partial void ArchiveExpanded(ILogger logger, string pipeline, string file, long fileId, string members);

    [LoggerMessage(1111, LogLevel.Warning, "{Pipeline}: {File}: skipping a member of the archive: {Member}")]
    public static partial void MemberSkipped(ILogger logger, string pipeline, string file, string member);

    [LoggerMessage(1112, LogLevel.Warning, "{Pipeline}: {File} ({FileId}): {Remark}")]
    public static partial void ContentRemarked(ILogger logger, string pipeline, string file, long fileId, string remark);

    [LoggerMessage(1109, LogLevel.Information, "{Pipeline}: skipped {File} ({FileId}): {Reason}")]
    public static partial void FileSkipped(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1113, LogLevel.Information, "{Pipeline}: created table {Table} for {File} ({FileId})")]
    public static partial void TableCreated(ILogger logger, string pipeline, string file, long fileId, string table);

    [LoggerMessage(1201, LogLevel.Warning, "Node {DeadNode} is dead: {Reason}")]
    public static partial void NodeDied(ILogger logger, string deadNode, string reason);

    [LoggerMessage(1207, LogLevel.Information, "Released the files of dead node {DeadNode}: {Files}")]
    public static partial void FilesFreed(ILogger logger, string deadNode, int files);

    [LoggerMessage(1202, LogLevel.Information, "Node {Node} joined the ledger; lanes: {Lanes}")]
    public static partial void NodeJoined(ILogger logger, string node, int lanes);

    [LoggerMessage(1203, LogLevel.Information, "Node {Node} left the ledger")]
    public static partial void NodeLeft(ILogger logger, string node);

    [LoggerMessage(1204, LogLevel.Warning,
        "Node {Node} was declared dead but is still running; its claims are void, and it continues with new ones")]
    public static partial void NodeRevived(ILogger logger, string node);

    [LoggerMessage(1205, LogLevel.Warning, "Node {Node} could not send its heartbeat: {Reason}")]
    public static partial void HeartbeatMissed(ILogger logger, string node, string reason);

    [LoggerMessage(1206, LogLevel.Warning, "Node {Node} released claims that never arrived: {Files}")]
    public static partial void ClaimsLost(ILogger logger, string node, int files);

    [LoggerMessage(1114, LogLevel.Warning,
        "{Pipeline}: {File} ({FileId}) cannot be continued from its old end: {Reason}; onRewrite: {Policy}")]
    public static partial void FileRewritten(ILogger logger, string pipeline, string file, long fileId, string reason,
        string policy);

    [LoggerMessage(1302, LogLevel.Warning, "{Pipeline}: {Path}: {Reason}")]
    public static partial void ListingProblem(ILogger logger, string pipeline, string path, string reason);

    [LoggerMessage(1304, LogLevel.Information,
        "{Pipeline}: files replaced with equal size and modification time: {Files}; each will be loaded as a new version")]
    public static partial void FilesReplaced(ILogger logger, string pipeline, int files);

    [LoggerMessage(1303, LogLevel.Warning, "Cleaning up the ledger failed and will be retried: {Reason}")]
    public static partial void RetentionFailed(ILogger logger, string reason);

    [LoggerMessage(1501, LogLevel.Information, "{Pipeline}: {File} ({FileId}): {What}")]
    public static partial void FileDisposed(ILogger logger, string pipeline, string file, long fileId, string what);

    [LoggerMessage(1502, LogLevel.Warning,
        "{Pipeline}: {File} ({FileId}) {Reason}; attempt {Attempt}, next attempt in {Seconds:0} s. Its rows are loaded, and it "
            + "will not be loaded again. Grant this program write permission there, or free disk space")]
    public static partial void DisposalFailed(ILogger logger, string pipeline, string file, long fileId, int attempt,
        double seconds, string reason);

    [LoggerMessage(1503, LogLevel.Warning, "Archiving or deleting loaded files failed and will be retried: {Reason}")]
    public static partial void DisposalsFailed(ILogger logger, string reason);

    [LoggerMessage(1601, LogLevel.Information, "{Pipeline}: dropping indexes of {Table} until its backlog is loaded: {Indexes}; "
        + "rebuilding them will take up to {Size} of disk, and temporarily as much again")]
    public static partial void IndexesDropped(ILogger logger, string pipeline, string table, string indexes, string size);

    [LoggerMessage(1602, LogLevel.Information, "{Pipeline}: rebuilt index {Index} of {Table} in {Seconds:0.0} s")]
    public static partial void IndexBuilt(ILogger logger, string pipeline, string index, string table, double seconds);

    [LoggerMessage(1603, LogLevel.Error,
        "{Pipeline}: rebuilding index {Index} of {Table} failed and will be retried: {Reason}")]
    public static partial void IndexNotBuilt(ILogger logger, string pipeline, string index, string table, string reason);

    [LoggerMessage(1604, LogLevel.Information, "{Pipeline}: keeping the indexes of {Table} while files are loaded: {Reason}")]
    public static partial void IndexesStay(ILogger logger, string pipeline, string table, string reason);

    [LoggerMessage(1605, LogLevel.Warning, "Rebuilding dropped indexes failed and will be retried: {Reason}")]
    public static partial void IndexesNotBuilt(ILogger logger, string reason);

    [LoggerMessage(1401, LogLevel.Warning,
        "The webhook at {Host} did not accept the alert {Rule}, which will be sent again: {Reason}")]
    public static partial void WebhookFailed(ILogger logger, string host, string rule, string reason);

    [LoggerMessage(1402, LogLevel.Warning, "Evaluating or delivering alerts failed and will be retried: {Reason}")]
    public static partial void AlertsFailed(ILogger logger, string reason);

    [LoggerMessage(1403, LogLevel.Error, "The database has been unavailable for {Seconds:0} s")]
    public static partial void DatabaseAwayAlert(ILogger logger, double seconds);
}
