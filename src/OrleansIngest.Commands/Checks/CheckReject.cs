namespace OrleansIngest.Commands.Checks;

/// <summary>A record that would be rejected.</summary>
/// <param name="Line">1-based line of the file; null when it has no lines.</param>
/// <param name="Record">1-based number among the records.</param>
/// <param name="Offset">Of its first byte.</param>
/// <param name="Reason">As in <c>corrupt_records.reason</c>.</param>
/// <param name="Column">The column at fault, or null.</param>
/// <param name="Detail">Human-readable.</param>
/// <param name="Raw">The record; bytes that are not UTF-8, and NUL, shown as U+FFFD; cut after 1,000 characters.</param>
sealed record CheckReject(long? Line, long Record, long Offset, string Reason, string? Column, string Detail, string Raw);
