using Microsoft.Extensions.Logging;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Every sentence that the Engine logs. Parameters named pipeline, file and node become properties of structured lines.</summary>
static partial class EngineLog
{
    [LoggerMessage(1001, LogLevel.Warning, "Waiting for the database: {Reason}")]
    public static partial void WaitingForDatabase(ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Information, "The database answers again after {Seconds:0.0} s")]
    public static partial void DatabaseIsBack(ILogger logger, double seconds);

    [LoggerMessage(1101, LogLevel.Information, "{Pipeline}: loaded {File} ({FileId}): rows {Rows}, rejected {Rejected}, skipped {Skipped}")]
    public static partial void FileLoaded(ILogger logger, string pipeline, string file, long fileId, long rows, long rejected, long skipped);

    [LoggerMessage(1102, LogLevel.Warning, "{Pipeline}: {File} ({FileId}) failed, attempt {Attempt}, next in {Seconds:0} s: {Reason}")]
    public static partial void FileFailed(ILogger logger, string pipeline, string file, long fileId, int attempt, double seconds, string reason);

    [LoggerMessage(1103, LogLevel.Error, "{Pipeline}: {File} ({FileId}) is quarantined: {Reason}")]
    public static partial void FileQuarantined(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1104, LogLevel.Information, "{Pipeline}: {File} ({FileId}) goes on elsewhere: its claim of epoch {Epoch} is not in force any more")]
    public static partial void FileFenced(ILogger logger, string pipeline, string file, long fileId, int epoch);

    [LoggerMessage(1105, LogLevel.Warning, "{Pipeline}: {File} ({FileId}): {Reason}")]
    public static partial void FilePutBack(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1106, LogLevel.Information, "{Pipeline}: {File} is passed over: {Reason}")]
    public static partial void FileIgnored(ILogger logger, string pipeline, string file, string reason);

    [LoggerMessage(1107, LogLevel.Information, "{Pipeline}: {File}: {ColumnsNote}")]
    public static partial void ColumnsNoted(ILogger logger, string pipeline, string file, string columnsNote);

    [LoggerMessage(1108, LogLevel.Error, "{Pipeline}: {File} ({FileId}): the loader broke, which is a defect; the file is claimed anew")]
    public static partial void LoaderFailed(ILogger logger, string pipeline, string file, long fileId, Exception failure);

    [LoggerMessage(1110, LogLevel.Information, "{Pipeline}: {File} ({FileId}) is an archive: its {Members} are loaded as files of their own")]
    public static partial void ArchiveExpanded(ILogger logger, string pipeline, string file, long fileId, string members);

    [LoggerMessage(1111, LogLevel.Warning, "{Pipeline}: {File}: skipped in the archive: {Member}")]
    public static partial void MemberSkipped(ILogger logger, string pipeline, string file, string member);

    [LoggerMessage(1112, LogLevel.Warning, "{Pipeline}: {File} ({FileId}): {Remark}")]
    public static partial void ContentRemarked(ILogger logger, string pipeline, string file, long fileId, string remark);

    [LoggerMessage(1109, LogLevel.Information, "{Pipeline}: skipped {File} ({FileId}): {Reason}")]
    public static partial void FileSkipped(ILogger logger, string pipeline, string file, long fileId, string reason);

    [LoggerMessage(1113, LogLevel.Information, "{Pipeline}: {File} ({FileId}) has no table yet: created {Table}")]
    public static partial void TableCreated(ILogger logger, string pipeline, string file, long fileId, string table);

    [LoggerMessage(1201, LogLevel.Warning, "Node {DeadNode} is dead: {Reason}")]
    public static partial void NodeDied(ILogger logger, string deadNode, string reason);

    [LoggerMessage(1207, LogLevel.Information, "Files of dead node {DeadNode} that are ready again: {Files}")]
    public static partial void FilesFreed(ILogger logger, string deadNode, int files);

    [LoggerMessage(1202, LogLevel.Information, "Node {Node} joined the ledger; lanes: {Lanes}")]
    public static partial void NodeJoined(ILogger logger, string node, int lanes);

    [LoggerMessage(1203, LogLevel.Information, "Node {Node} left the ledger")]
    public static partial void NodeLeft(ILogger logger, string node);

    [LoggerMessage(1204, LogLevel.Warning, "Node {Node} was taken for dead while it lived; it goes on, its claims are void")]
    public static partial void NodeRevived(ILogger logger, string node);

    [LoggerMessage(1205, LogLevel.Warning, "Node {Node} could not send its heartbeat: {Reason}")]
    public static partial void HeartbeatMissed(ILogger logger, string node, string reason);

    [LoggerMessage(1206, LogLevel.Warning, "Node {Node}: claims that never arrived here, ready again: {Files}")]
    public static partial void ClaimsLost(ILogger logger, string node, int files);

    [LoggerMessage(1113, LogLevel.Warning, "{Pipeline}: {File} ({FileId}) cannot be read on from its old end: {Reason}; onRewrite: {Policy}")]
    public static partial void FileRewritten(ILogger logger, string pipeline, string file, long fileId, string reason, string policy);

    [LoggerMessage(1302, LogLevel.Warning, "{Pipeline}: {Path}: {Reason}")]
    public static partial void ListingProblem(ILogger logger, string pipeline, string path, string reason);

    [LoggerMessage(1304, LogLevel.Information, "{Pipeline}: files replaced by others of the same size and modification time: {Files}; each is loaded as a new version")]
    public static partial void FilesReplaced(ILogger logger, string pipeline, int files);

    [LoggerMessage(1303, LogLevel.Warning, "The ledger could not be tidied up, it is tried again: {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason);

    [LoggerMessage(1501, LogLevel.Information, "{Pipeline}: {File} ({FileId}): {What}")]
    public static partial void FileDisposed(ILogger logger, string pipeline, string file, long fileId, string what);

    [LoggerMessage(1502, LogLevel.Warning, "{Pipeline}: {File} ({FileId}) {Reason}; attempt {Attempt} failed, next in {Seconds:0} s. Its rows are safe, and it is not loaded again; give this program the right to write there, or make room")]
    public static partial void DisposalFailed(ILogger logger, string pipeline, string file, long fileId, int attempt, double seconds, string reason);

    [LoggerMessage(1503, LogLevel.Warning, "Loaded files could not be archived or deleted, it is tried again: {Reason}")]
    public static partial void DisposalsFailed(ILogger logger, string reason);

    [LoggerMessage(1401, LogLevel.Warning, "The webhook at {Host} did not take the alert {Rule}, it is tried again: {Reason}")]
    public static partial void WebhookFailed(ILogger logger, string host, string rule, string reason);

    [LoggerMessage(1402, LogLevel.Warning, "Alerts could not be judged or delivered, it is tried again: {Reason}")]
    public static partial void AlertsFailed(ILogger logger, string reason);

    [LoggerMessage(1403, LogLevel.Error, "The database has been away for {Seconds:0} s")]
    public static partial void DatabaseAwayAlert(ILogger logger, double seconds);
}
