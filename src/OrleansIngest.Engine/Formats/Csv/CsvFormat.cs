using OrleansIngest.Engine.Formats.Csv.Detection;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Text in UTF-8 whose records are lines with delimited fields (RFC 4180 and its variants).</summary>
sealed class CsvFormat(CsvOptions options) : IRecordFormat
{
    public string Name => "csv";

    public PositionUnit UnitOver(PositionUnit bytes) => bytes;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        if (options.Delimiter is not null) return CsvHead.Read(content, CsvDialect.Of(options));
        var found = CsvDetection.Of(content, options, columns);
        var layout = CsvHead.Read(content, found.Dialect);
        return layout with { Findings = [.. found.Findings, .. layout.Findings], Found = found.Summary };
    }

    public RecordLayout ReadKept(ByteContent content, string kept, IReadOnlyList<string>? columns)
    {
        var known = CsvLayoutJson.Parse(kept);
        return CsvHead.Read(content, known.Dialect) with
        {
            Findings = known.Findings ?? [],
            Found = CsvDetection.SummaryOf(known.Dialect)
        };
    }

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user)
    {
        var csv = (CsvLayout)layout;
        var line = start.Line;
        if (span.Start < csv.BodyStart) (span, line) = (span with { Start = Math.Min(csv.BodyStart, span.End) }, csv.BodyLine);
        if (!RecordReader.CanRead(csv.Dialect)) return user.Use(new GeneralRecords(new GeneralReader(content, span, csv, line)));
        // There is no line break before the text after a byte order mark, where that reader would start; it skips the mark
        // itself.
        if (csv is { BodyStart: CsvHead.MarkBytes, BodyLine: 1 } && span.Start == csv.BodyStart
            && CsvHead.StartsWithMark(new ContentBytes(content)))
            span = span with { Start = 0 };
        return user.Use(new CsvRecords(new RecordReader(content, span, csv, line)));
    }

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) =>
        LayoutOf(names, fieldCount, options.Delimiter ?? ",");

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user)
    {
        // A line break before it: at the start of a file a byte order mark would be skipped.
        var content = new MemoryContent((byte[])[(byte)'\n', .. raw]);
        var span = new PositionSpan(1, 1 + raw.Length);
        return Open(content, ((CsvLayout)layout).ForOneRecord(), span, new RecordPosition(1, 1), user);
    }

    /// <summary>The layout of a file whose beginning has already been read.</summary>
    /// <param name="names">The header's names; empty for a file without one.</param>
    /// <param name="fieldCount">How many fields each record has.</param>
    /// <param name="delimiter">Separates them.</param>
    public CsvLayout LayoutOf(IReadOnlyList<string> names, int fieldCount, string delimiter)
    {
        var dialect = CsvDialect.Of(options) with { Delimiter = delimiter };
        return new CsvLayout
        {
            Names = names,
            FieldCount = fieldCount,
            FieldsInRecord = fieldCount,
            IsByName = dialect.HasNames,
            Dialect = dialect,
        };
    }
}
