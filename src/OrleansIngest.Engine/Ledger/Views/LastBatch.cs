namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The newest commit of a pipeline.</summary>
/// <param name="At">When it was committed.</param>
/// <param name="Rows">Rows that it loaded.</param>
/// <param name="DurationMs">From the first byte read to the end of its COPY, milliseconds.</param>
public sealed record LastBatch(DateTimeOffset At, long Rows, double DurationMs);
