namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Counts of rejects.</summary>
/// <param name="ByReason">Every reason, most frequent first.</param>
/// <param name="ByFile">The twenty files with the most rejects.</param>
/// <param name="Total">Number of matching rejects.</param>
public sealed record RejectSummary(IReadOnlyList<ReasonCount> ByReason, IReadOnlyList<FileRejectCount> ByFile, long Total);
