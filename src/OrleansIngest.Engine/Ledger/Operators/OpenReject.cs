namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>A reject that is looked at again, locked until its transaction ends.</summary>
/// <param name="Id">Its key in <c>corrupt_records</c>.</param>
/// <param name="Raw">The record's bytes, without a line break at the end.</param>
/// <param name="IsWhole">False for a record that was too long to store: only its beginning is present.</param>
/// <param name="Header">How its file was read, as JSON names; null for files without a header.</param>
/// <param name="Fields">How many fields its file's records have; null when that was not noted.</param>
/// <param name="Delimiter">Between them.</param>
/// <param name="Place">Where it stood.</param>
/// <param name="Format">The name of their format.</param>
/// <param name="Layout">What the format wrote down to read one of them again, as JSON; null: header, fields and delimiter say it all.</param>
readonly record struct OpenReject(
    long Id, byte[] Raw, bool IsWhole, string? Header, int? Fields, string Delimiter, RejectPlace Place, string Format = RejectHeader.Csv, string? Layout = null);

/// <summary>Where a reject stood.</summary>
/// <param name="Path">Of its file.</param>
/// <param name="FileId">Its file.</param>
/// <param name="Version">Of its file, from 1.</param>
/// <param name="Line">From 1; 0 for a file without lines.</param>
/// <param name="Record">From 1.</param>
/// <param name="Position">In the unit of its input.</param>
readonly record struct RejectPlace(string Path, long FileId, int Version, long Line, long Record, long Position);
