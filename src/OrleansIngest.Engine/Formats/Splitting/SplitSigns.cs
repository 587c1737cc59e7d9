using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>The bytes that decide where records end, for inputs in which a scan can find these places
/// exactly as the readers do.</summary>
/// <param name="Quote">Around fields, and doubled inside them; -1 where no field is quoted.</param>
/// <param name="Delimiter">Between two fields; -1 where that decides nothing.</param>
/// <param name="ReturnBreaks">Whether a carriage return without a line feed ends a line.</param>
/// <param name="LongestRecord">Bytes of a record that readers take as it is; a longer one may be divided in another way.</param>
sealed record SplitSigns(int Quote, int Delimiter, bool ReturnBreaks, long LongestRecord)
{
    const int LastOfAscii = 0x7F;

    /// <summary>The signs of an input; null where records end by rules that the scan does not know: comments, trimmed fields,
    /// escapes, footers, a header that ends the file, delimiters of several bytes.</summary>
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
