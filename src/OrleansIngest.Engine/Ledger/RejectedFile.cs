namespace OrleansIngest.Engine.Ledger;

/// <summary>A loaded file with open rejects.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Rejected">Its open rejects.</param>
/// <param name="Records">Its records, without those that were skipped.</param>
public sealed record RejectedFile(string Path, long Rejected, long Records);
