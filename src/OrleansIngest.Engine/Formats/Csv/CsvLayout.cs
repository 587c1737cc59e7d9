using System.Text;
using System.Text.Json.Serialization;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The layout of the records of a CSV file.</summary>
sealed record CsvLayout : RecordLayout
{
    const int LongestShown = 256;

    /// <summary>The dialect of this file.</summary>
    public required CsvDialect Dialect
    {
        get;
        init => (field, Signs) = (value, new DialectBytes(value));
    }

    /// <summary>Number of fields in each record: more than <see cref="RecordLayout.FieldCount"/> if records end with delimiters
    /// and the header does not; the surplus fields are always empty.</summary>
    public required int FieldsInRecord { get; init; }

    /// <summary>Offset of the first record, after header and preamble. Default: 0.</summary>
    public long BodyStart { get; init; }

    /// <summary>Its line. Default: 1.</summary>
    public long BodyLine { get; init; } = 1;

    /// <summary>The header's lines, with their fields as read. Default: none.</summary>
    public IReadOnlyList<IReadOnlyList<byte[]>> HeaderRecords { get; init; } = [];

    /// <summary>The dialect's signs.</summary>
    [JsonIgnore]
    public DialectBytes Signs { get; private init; } = null!;

    /// <summary>Where reading stops, as far as known: shared by all readers of the same version of the file.</summary>
    [JsonIgnore]
    public RepeatedHeaderStop Stop { get; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? Kept => Found is null ? null : CsvLayoutJson.Write(this, Findings);

    /// <inheritdoc/>
    public override string Hint() => DelimiterHint.For(Names);

    /// <summary>The layout for separate records, without their file.</summary>
    public CsvLayout ForOneRecord() => this with
    {
        Dialect = Dialect with { SkipLines = 0, SkipFooterLines = 0, RepeatedHeader = default, Comment = "" },
        BodyStart = 0,
        BodyLine = 1,
    };

    /// <summary>The fault of a record with another number of fields than all others, if the header has fewer.</summary>
    public RecordFault SurplusFault(int found) => new(
        RejectReason.FieldCount,
        $"expected {Counted.Of(FieldsInRecord, "field")}, of which the header names {FieldCount} and the others are empty, but "
            + $"found {found}");

    /// <summary>The fault of a record with a value in a field without a name.</summary>
    /// <param name="index">The field, from 0.</param>
    /// <param name="value">Its value.</param>
    public RecordFault SurplusFault(int index, ReadOnlySpan<byte> value) => new(
        RejectReason.FieldCount,
        $"field {index + 1} has a value, \"{Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestShown)])}\"; "
        + $"the header names {Counted.Of(FieldCount, "field")}, and in other records it is empty");
}
