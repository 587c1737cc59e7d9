namespace OrleansIngest.Engine.Formats;

/// <summary>Why a record was not loaded: the codes in <c>corrupt_records.reason</c>, on which queries and dashboards
/// depend.</summary>
public static class RejectReason
{
    /// <summary>The text is not a value of the column's type.</summary>
    public const string BadValue = "bad_value";

    /// <summary>NULL, or an empty text, where a value is required.</summary>
    public const string MissingValue = "missing_value";

    /// <summary>More or fewer fields than the header.</summary>
    public const string FieldCount = "field_count";

    /// <summary>A quote that is out of place, or never closed.</summary>
    public const string BrokenQuote = "broken_quote";

    /// <summary>Invalid JSON, JSON that is not a record, or a duplicate key.</summary>
    public const string BrokenJson = "broken_json";

    /// <summary>A key that no record at the input's beginning has, and no column.</summary>
    public const string UnknownKey = "unknown_key";

    /// <summary>A NUL byte, which PostgreSQL cannot store in text.</summary>
    public const string NulByte = "nul_byte";

    /// <summary>Bytes that are not UTF-8.</summary>
    public const string InvalidUtf8 = "invalid_utf8";

    /// <summary>Bytes that are not a valid character of the input's encoding.</summary>
    public const string InvalidEncoding = "invalid_encoding";

    /// <summary>Longer than <see cref="Pipelines.CsvOptions.MaxRecordBytes"/>.</summary>
    public const string TooLong = "record_too_long";

    /// <summary>A rule of the pipeline is violated.</summary>
    public const string Rule = "rule";

    /// <summary>The server refused the row: a constraint, a domain, a trigger.</summary>
    public const string Constraint = "constraint";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        BadValue, MissingValue, FieldCount, BrokenQuote, BrokenJson, UnknownKey, NulByte, InvalidUtf8, InvalidEncoding, TooLong,
        Rule, Constraint,
    ];
}
