using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Checks;

/// <summary>What <c>ingest check FILE --json</c> prints.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Table">The table that it would be loaded into.</param>
/// <param name="Refusal">Why the file as a whole would be quarantined, or null.</param>
/// <param name="RowsGood">Rows that would be sent to the table.</param>
/// <param name="RowsRejected">Records that would go to <c>corrupt_records</c>.</param>
/// <param name="RowsSkipped">Blank lines.</param>
/// <param name="Bytes">Size.</param>
/// <param name="ByReason">Rejected records by reason and column.</param>
/// <param name="Rejects">The first of them.</param>
/// <param name="NotTried">Constraints and triggers of the table, which are checked only when a row is inserted.</param>
/// <param name="ColumnsNote">Differences between the columns of file and table; null if there are none.</param>
sealed record CheckFileResult(
    string File,
    string Table,
    string? Refusal,
    long RowsGood,
    long RowsRejected,
    long RowsSkipped,
    long Bytes,
    IReadOnlyDictionary<string, long> ByReason,
    IReadOnlyList<CheckReject> Rejects,
    IReadOnlyList<string> NotTried,
    ColumnsNote? ColumnsNote);
