using System.Text;
using System.Text.Json.Serialization;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>How the records of a CSV file are laid out.</summary>
sealed record CsvLayout : RecordLayout
{
    const int LongestShown = 256;

    /// <summary>The dialect of this file.</summary>
    public required CsvDialect Dialect
    {
        get;
        init => (field, Signs) = (value, new DialectBytes(value));
    }

    /// <summary>How many fields each record is divided into: more than <see cref="RecordLayout.FieldCount"/> where records end
    /// with delimiters and the header does not; the surplus ones are always empty.</summary>
    public required int FieldsInRecord { get; init; }

    /// <summary>Where the first record starts, after header and preamble. Default: 0.</summary>
    public long BodyStart { get; init; }

    /// <summary>The line that is. Default: 1.</summary>
    public long BodyLine { get; init; } = 1;

    /// <summary>The header's lines, their fields as they are read. Default: none.</summary>
    public IReadOnlyList<IReadOnlyList<byte[]>> HeaderRecords { get; init; } = [];

    /// <summary>The dialect's signs.</summary>
    [JsonIgnore]
    public DialectBytes Signs { get; private init; } = null!;

    /// <summary>Where reading stops, as far as that is known: shared by all that read the same version of the file.</summary>
    [JsonIgnore]
    public RepeatedHeaderStop Stop { get; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? Kept => Found is null ? null : CsvLayoutJson.Write(this, Findings);

    /// <inheritdoc/>
    public override string Hint() => DelimiterHint.For(Names);

    /// <summary>The layout for records that stand alone, without the file around them.</summary>
    public CsvLayout ForOneRecord() => this with
    {
        Dialect = Dialect with { SkipLines = 0, SkipFooterLines = 0, RepeatedHeader = default, Comment = "" },
        BodyStart = 0,
        BodyLine = 1,
    };

    /// <summary>Why a record that has another number of fields than all others is none, where the header has fewer.</summary>
    public RecordFault SurplusFault(int found) => new(
        RejectReason.FieldCount,
        $"expected {Counted.Of(FieldsInRecord, "field")}, of which the header names {FieldCount} and the others are empty, but "
            + $"found {found}");

    /// <summary>Why a record with a value that has no name is none.</summary>
    /// <param name="index">The field, from 0.</param>
    /// <param name="value">What stands in it.</param>
    public RecordFault SurplusFault(int index, ReadOnlySpan<byte> value) => new(
        RejectReason.FieldCount,
        $"field {index + 1} has a value, \"{Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestShown)])}\"; "
        + $"the header names {Counted.Of(FieldCount, "field")}, and in other records it is empty");
}
