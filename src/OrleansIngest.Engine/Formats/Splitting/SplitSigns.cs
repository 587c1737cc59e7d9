using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>The bytes that decide where records end, for inputs in which a scan finds them exactly as the readers do.</summary>
/// <param name="Quote">Around fields, and doubled inside them; -1 if no field is quoted.</param>
/// <param name="Delimiter">Between two fields; -1 if it is irrelevant.</param>
/// <param name="ReturnBreaks">Whether a carriage return without a line feed ends a line.</param>
/// <param name="LongestRecord">Maximum bytes of a record that readers accept unchanged; a longer one may be divided
/// differently.</param>
sealed record SplitSigns(int Quote, int Delimiter, bool ReturnBreaks, long LongestRecord)
{
    const int LastOfAscii = 0x7F;

    /// <summary>The special bytes of an input; null if records end by rules that the scan does not support: comments, trimmed
    /// fields, escapes, footers, a header that ends the file, delimiters of several bytes.</summary>
    public static SplitSigns? Of(RecordInput input) => (input.Format, input.Layout) switch
    {
        (NdjsonFormat, _) => new SplitSigns(-1, -1, false, long.MaxValue),
        (CsvFormat, CsvLayout csv) when IsExact(csv.Dialect) => Of(csv.Signs, csv.Dialect.MaxRecordBytes),
        _ => null,
    };

    static SplitSigns Of(DialectBytes signs, int longest) => new(signs.Quote, signs.Delimiter[0], true, longest);

    static bool IsExact(CsvDialect dialect) =>
        dialect is { Delimiter: [<= (char)LastOfAscii], Comment: "", Trim: false, SkipFooterLines: 0 }
        && dialect.RepeatedHeader != RepeatedHeaderPolicy.Stop
        && dialect.Escape == dialect.Quote
        && (!dialect.HasQuote || dialect.Quote <= LastOfAscii);
}
