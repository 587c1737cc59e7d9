namespace OrleansIngest.Engine.Ledger;

/// <summary>What a loaded file came to.</summary>
/// <param name="Loaded">Rows in the target table.</param>
/// <param name="Rejected">Records in <c>corrupt_records</c>.</param>
/// <param name="Skipped">Blank lines.</param>
public readonly record struct FileTotals(long Loaded, long Rejected, long Skipped);
