namespace OrleansIngest.Engine.Ledger;

/// <summary>How the records of a file were read: with it its rejects can be mapped again when the file is long gone.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Names">The header's names; null for files without one.</param>
/// <param name="Fields">How many fields each record must have.</param>
/// <param name="Delimiter">Between them.</param>
readonly record struct RejectHeader(FileId FileId, IReadOnlyList<string>? Names, int Fields, string Delimiter);
