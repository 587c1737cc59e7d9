namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejected rows.</summary>
/// <param name="LastHour">In the last hour.</param>
/// <param name="Total">Since the ledger was created, including those that were replayed or closed since.</param>
/// <param name="RatePercent">Percentage of the records of the last hour; null if there were none.</param>
/// <param name="Open">Neither replayed nor closed.</param>
public sealed record RejectCounts(long LastHour, long Total, double? RatePercent, long Open);
