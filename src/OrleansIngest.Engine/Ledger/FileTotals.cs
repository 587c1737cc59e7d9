namespace OrleansIngest.Engine.Ledger;

/// <summary>What a loaded file came to.</summary>
/// <param name="Loaded">Rows in the target table.</param>
/// <param name="Rejected">Records in <c>corrupt_records</c>.</param>
/// <param name="Skipped">Blank lines, and what the table's triggers discarded.</param>
/// <param name="Suppressed">Of the skipped, what the table's triggers discarded. Default: 0.</param>
public readonly record struct FileTotals(long Loaded, long Rejected, long Skipped, long Suppressed = 0);
