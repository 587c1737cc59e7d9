namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Two time ranges, side by side.</summary>
public sealed record RangeComparison(RangeSummary A, RangeSummary B);
