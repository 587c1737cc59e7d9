namespace OrleansIngest.Engine.Formats;

/// <summary>Why a record is none.</summary>
/// <param name="Reason">A code of corrupt_records.</param>
/// <param name="Detail">For people: what is wrong with which value.</param>
public readonly record struct RecordFault(string Reason, string Detail);
