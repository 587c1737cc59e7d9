namespace OrleansIngest.Engine.Positions;

/// <summary>The record number and line of a position in an input.</summary>
/// <param name="Record">1-based, without the header.</param>
/// <param name="Line">1-based, counting every line; 0 for an input without lines.</param>
public readonly record struct RecordPosition(long Record, long Line);
