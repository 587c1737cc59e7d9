namespace OrleansIngest.Engine.Positions;

/// <summary>The record number and line of a position in an input.</summary>
/// <param name="Record">1-based, the header not counted.</param>
/// <param name="Line">1-based, everything counted; 0 for an input without lines.</param>
public readonly record struct RecordPosition(long Record, long Line);
