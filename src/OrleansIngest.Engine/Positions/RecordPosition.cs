namespace OrleansIngest.Engine.Positions;

/// <summary>Which record and line a place in an input is.</summary>
/// <param name="Record">1-based, the header not counted.</param>
/// <param name="Line">1-based, everything counted; 0 for an input without lines.</param>
public readonly record struct RecordPosition(long Record, long Line);
