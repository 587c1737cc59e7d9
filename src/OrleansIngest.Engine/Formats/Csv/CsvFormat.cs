using CsvHelper;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Text in UTF-8 whose records are lines and whose fields stand between delimiters (RFC 4180 and its relatives).</summary>
sealed class CsvFormat(CsvOptions options) : IRecordFormat
{
    public string Name => "csv";

    public PositionUnit UnitOver(PositionUnit bytes) => bytes;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        using var reader = new RecordReader(content, new PositionSpan(0, content.Length ?? PositionSpan.Open), options, firstLine: 1);
        try
        {
            var names = reader.ReadHeader();
            if (reader.HeaderRefusal() is { } refusal) throw new LayoutException(refusal);
            if (!options.Header) reader.Read();
            return LayoutOf(options.Header ? names : [], options.Header ? names.Count : reader.FieldCount, reader.Delimiter);
        }
        catch (CsvFormatException)
        {
            throw new LayoutException(
                $"line 1: the header is longer than {Counted.Of(options.MaxRecordBytes, "byte")}; is this a CSV file with a header?");
        }
    }

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start, IRecordsUser<TResult> user)
    {
        var dialect = ((CsvLayout)layout).Dialect;
        return user.Use(new CsvRecords(new RecordReader(content, span, dialect, start.Line) { ExpectedFields = layout.FieldCount }, dialect));
    }

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) => LayoutOf(names, fieldCount, options.Delimiter ?? ',');

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordsUser<TResult> user)
    {
        // A line break before it: at the start of a file a byte order mark would be passed over.
        var content = new MemoryContent((byte[])[(byte)'\n', .. raw]);
        return Open(content, layout, new PositionSpan(1, 1 + raw.Length), new RecordPosition(1, 1), user);
    }

    /// <summary>The layout of a file whose beginning was read before.</summary>
    /// <param name="names">The header's names; empty for a file without one.</param>
    /// <param name="fieldCount">How many fields each record has.</param>
    /// <param name="delimiter">Between them.</param>
    public CsvLayout LayoutOf(IReadOnlyList<string> names, int fieldCount, char delimiter) => new()
    {
        Names = names,
        FieldCount = fieldCount,
        IsByName = options.Header,
        Dialect = new CsvOptions
        {
            Delimiter = delimiter,
            Quote = options.Quote,
            Header = options.Header,
            MaxRecordBytes = options.MaxRecordBytes,
        },
    };
}
