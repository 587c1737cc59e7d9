namespace OrleansIngest.Engine.Ledger;

/// <summary>Which record and line a place in a file is.</summary>
/// <param name="Record">1-based, the header not counted.</param>
/// <param name="Line">1-based, everything counted.</param>
public readonly record struct RecordPosition(long Record, long Line);
