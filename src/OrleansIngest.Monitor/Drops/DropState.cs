namespace OrleansIngest.Monitor.Drops;

/// <summary>A dropped file and its load.</summary>
/// <param name="Id">Its key in requests.</param>
/// <param name="Name">Its name without unsafe characters.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsUpload">Whether it was uploaded; otherwise it is a file of this machine, which is never deleted.</param>
/// <param name="At">When it was dropped.</param>
/// <param name="ExpiresAt">When it expires; an upload is then deleted.</param>
/// <param name="State"><c>ready</c>, <c>waiting</c> (for another load of this program), <c>loading</c>, <c>loaded</c>,
/// <c>repeated</c> (its content was already loaded) or <c>failed</c>.</param>
/// <param name="Table">The table of the load; null before the first.</param>
/// <param name="Pipeline">The name of the load in the ledger; null before the first.</param>
/// <param name="FileId">The file's key in the ledger; null until it is known there.</param>
/// <param name="Bytes">Committed bytes.</param>
/// <param name="Rows">Committed rows.</param>
/// <param name="Rejected">Rejected records; 0 before the load has ended.</param>
/// <param name="Skipped">Blank lines and the like; 0 before the load has ended.</param>
/// <param name="Message">The result for people; null before it.</param>
public sealed record DropState(
    string Id, string Name, long Size, bool IsUpload, DateTimeOffset At, DateTimeOffset ExpiresAt, string State, string? Table,
    string? Pipeline, long? FileId, long Bytes,
    long Rows, long Rejected, long Skipped, string? Message);

/// <summary>The dropped files and the limits.</summary>
/// <param name="MaxUploadBytes">Largest upload.</param>
/// <param name="KeepMs">Milliseconds that an upload is kept.</param>
/// <param name="Items">The files, newest first.</param>
public sealed record DropList(long MaxUploadBytes, double KeepMs, IReadOnlyList<DropState> Items);
