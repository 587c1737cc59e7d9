namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Two ranges of time, side by side.</summary>
public sealed record RangeComparison(RangeSummary A, RangeSummary B);
