namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Percentiles of a duration.</summary>
/// <param name="P50">The median, milliseconds.</param>
/// <param name="P99">The 99th percentile, milliseconds.</param>
/// <param name="Count">Number of files.</param>
public sealed record Latency(double? P50, double? P99, long Count);
