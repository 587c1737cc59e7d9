namespace OrleansIngest.Engine.Ledger;

/// <summary>How the records of a file were read: with it its rejects can be mapped again when the file is long gone.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Names">The header's names; null for files without one.</param>
/// <param name="Fields">How many fields each record must have.</param>
/// <param name="Delimiter">Between them; for a format without delimiters an unused comma.</param>
/// <param name="Format">The format's name. Default: <c>csv</c>.</param>
/// <param name="Layout">What the format needs to read one of the records again: a JSON object, with characters as they are and
/// not as escapes. Null: header, number of fields and delimiter say it all. Default: null.</param>
readonly record struct RejectHeader(
    FileId FileId, IReadOnlyList<string>? Names, int Fields, string Delimiter, string Format = RejectHeader.Csv,
    string? Layout = null)
{
    /// <summary>The only format that the ledger knew before its version 3.</summary>
    public const string Csv = "csv";
}
