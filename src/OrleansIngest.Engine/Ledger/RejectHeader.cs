namespace OrleansIngest.Engine.Ledger;

/// <summary>How the records of a file were read, so that its rejects can be mapped again even if the file is gone.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Names">The header's names; null for files without one.</param>
/// <param name="Fields">Number of fields of each record.</param>
/// <param name="Delimiter">Between them; for a format without delimiters an unused comma.</param>
/// <param name="Format">The format's name. Default: <c>csv</c>.</param>
/// <param name="Layout">Data that the format needs to read one of the records again: a JSON object with unescaped characters.
/// Null if header, number of fields and delimiter are enough. Default: null.</param>
readonly record struct RejectHeader(
    FileId FileId, IReadOnlyList<string>? Names, int Fields, string Delimiter, string Format = RejectHeader.Csv,
    string? Layout = null)
{
    /// <summary>The only format that the ledger knew before its version 3.</summary>
    public const string Csv = "csv";
}
