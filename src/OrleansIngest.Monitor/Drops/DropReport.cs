using System.Text.Json.Nodes;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Drops;

/// <summary>The examination of a dropped file and the check of its load.</summary>
public sealed record DropReport
{
    /// <summary>The file.</summary>
    public required DropState Drop { get; init; }

    /// <summary>The format that reads it, such as <c>csv</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Detected delimiter, encoding, preamble and the like, except defaults; each a phrase.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The field delimiter of a CSV file; null for other formats.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Its fields with the type that the sampled values have, and a note where nearly all of
    /// them have a narrower one.</summary>
    public required IReadOnlyList<InferredColumn> Columns { get; init; }

    /// <summary>The first records, values cut to 200 characters.</summary>
    public required IReadOnlyList<SampledRecord> Records { get; init; }

    /// <summary>Number of records sampled for the types.</summary>
    public required long Sampled { get; init; }

    /// <summary>Number of sampled records that do not match the header.</summary>
    public required long Unusable { get; init; }

    /// <summary>The table: schema and name, quoted where SQL needs it.</summary>
    public required string Table { get; init; }

    /// <summary>Whether it exists.</summary>
    public required bool Exists { get; init; }

    /// <summary>The statement that creates it; null for a table that exists.</summary>
    public string? CreateTable { get; init; }

    /// <summary>The pipeline that loads this table from directories, whose columns, rules and values hold for
    /// this file too; null for none.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The result of the check against an existing table; null without a check.</summary>
    public DropCheck? Check { get; init; }

    /// <summary>The fields of the file and the columns of an existing table, side by side; null for a new table, an archive or
    /// a file without a readable layout.</summary>
    public FileColumns? Pairing { get; init; }

    /// <summary>The reason why the file cannot be loaded or was not checked; null if it can be loaded.</summary>
    public string? Refusal { get; init; }

    /// <summary>Loaded files of the same content or the same path; newest first.</summary>
    public required IReadOnlyList<EarlierLoad> LoadedBefore { get; init; }

    /// <summary>A pipeline for such files, as in <c>ingest.json</c>, without the directory to watch.</summary>
    public required JsonObject Suggestion { get; init; }
}

/// <summary>The check of the whole file; nothing was written.</summary>
/// <param name="Good">Rows that would be loaded.</param>
/// <param name="Rejected">Records that would be rejected.</param>
/// <param name="Skipped">Blank lines.</param>
/// <param name="ByReason">Rejected records by reason and column.</param>
/// <param name="Rejects">The first of them.</param>
/// <param name="NotTried">Constraints that only an INSERT checks, such as unique keys and triggers.</param>
/// <param name="Mapping">The fields and the columns that they fill.</param>
/// <param name="Note">Differences between file and table; null for none.</param>
public sealed record DropCheck(
    long Good, long Rejected, long Skipped, IReadOnlyDictionary<string, long> ByReason, IReadOnlyList<DropReject> Rejects,
    IReadOnlyList<string> NotTried,
    IReadOnlyList<MappedField> Mapping, ColumnsNote? Note);

/// <summary>A record that would be rejected.</summary>
/// <param name="Line">Its line, from 1; null when the file has no lines.</param>
/// <param name="RecordNumber">Its number among the records, from 1.</param>
/// <param name="ByteOffset">Of its first byte.</param>
/// <param name="Reason">As in <c>corrupt_records.reason</c>.</param>
/// <param name="Column">The column at fault; null for none.</param>
/// <param name="Detail">The error and its value.</param>
/// <param name="RawRecord">The record, cut to 1,000 characters; bytes that are no UTF-8 are shown as U+FFFD.</param>
public sealed record DropReject(long? Line, long RecordNumber, long ByteOffset, string Reason, string? Column, string Detail,
    string RawRecord);

/// <summary>Options of a check or load.</summary>
/// <param name="Table">The table; null for one named after the file.</param>
/// <param name="KeepOrigin">Whether a new table gets columns for the file and the line of each row. Default: true.</param>
/// <param name="Again">Whether to load content that the table already contains. Default: false.</param>
/// <param name="Columns">Fields, such as <c>#3</c> for the third, and the columns that they fill; others are matched by name.
/// Null for none.</param>
/// <param name="Csv">How a CSV file is written; null for what is detected.</param>
public sealed record DropRequest(
    string? Table = null, bool KeepOrigin = true, bool Again = false, IReadOnlyDictionary<string, string>? Columns = null,
    DropCsv? Csv = null);

/// <summary>How a CSV file is written, as the properties of <c>csv</c> in ingest.json. Null for what is detected, or the
/// default.</summary>
/// <param name="Delimiter">The field delimiter.</param>
/// <param name="HeaderLines">Number of header lines; 0 for none.</param>
/// <param name="DateOrder">Order of day, month and year.</param>
/// <param name="Decimal">The decimal separator.</param>
/// <param name="Thousands">The separator of digit groups.</param>
/// <param name="NullValues">Strings that are read as NULL.</param>
public sealed record DropCsv(
    string? Delimiter = null, int? HeaderLines = null, DatePartOrder? DateOrder = null, char? Decimal = null,
    char? Thousands = null, IReadOnlyList<string>? NullValues = null);

/// <summary>A file of the server.</summary>
/// <param name="Path">Absolute; in a directory that a pipeline watches, or that pages.readableDirectories lists.</param>
public sealed record DropPath(string? Path);
