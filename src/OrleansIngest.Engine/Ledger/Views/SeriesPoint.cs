namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>One step of a series.</summary>
/// <param name="T">Its start, seconds since 1970-01-01 UTC.</param>
/// <param name="Pipelines">By name.</param>
public sealed record SeriesPoint(long T, IReadOnlyDictionary<string, PipelinePoint> Pipelines);
