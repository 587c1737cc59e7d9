namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>A reject that is being replayed, locked until its transaction ends.</summary>
/// <param name="Id">Its key in <c>corrupt_records</c>.</param>
/// <param name="Raw">The record's bytes, without a line break at the end.</param>
/// <param name="IsWhole">False for a record that was too long to store: only its beginning is present.</param>
/// <param name="Header">How its file was read, as JSON names; null for files without a header.</param>
/// <param name="Fields">Number of fields of its file's records; null if it was not recorded.</param>
/// <param name="Delimiter">Between them.</param>
/// <param name="Place">Its position.</param>
/// <param name="Format">The name of their format.</param>
/// <param name="Layout">Data that the format needs to read a record again, as JSON; null if header, fields
/// and delimiter are sufficient.</param>
readonly record struct OpenReject(
    long Id, byte[] Raw, bool IsWhole, string? Header, int? Fields, string Delimiter, RejectPlace Place,
    string Format = RejectHeader.Csv, string? Layout = null);

/// <summary>The position of a reject.</summary>
/// <param name="Path">Of its file.</param>
/// <param name="FileId">Its file.</param>
/// <param name="Version">Of its file, from 1.</param>
/// <param name="Line">From 1; 0 for a file without lines.</param>
/// <param name="Record">From 1.</param>
/// <param name="Position">In the unit of its input.</param>
readonly record struct RejectPlace(string Path, long FileId, int Version, long Line, long Record, long Position);
