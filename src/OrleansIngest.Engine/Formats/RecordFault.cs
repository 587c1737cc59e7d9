namespace OrleansIngest.Engine.Formats;

/// <summary>Why the text is not a valid record.</summary>
/// <param name="Reason">A code of corrupt_records.</param>
/// <param name="Detail">Human-readable: what is wrong with which value.</param>
public readonly record struct RecordFault(string Reason, string Detail);
