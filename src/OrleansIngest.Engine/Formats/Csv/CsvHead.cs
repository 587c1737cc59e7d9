using System.Text;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Reads the beginning of a file: everything before the records (a byte order mark, <c>sep=;</c>, lines to skip, the header), and
/// the first records, which determine how many fields a record has. A pure function of the content and the dialect.
/// </summary>
sealed class CsvHead
{
    /// <summary>Length of a byte order mark in bytes.</summary>
    public const int MarkBytes = 3;

    /// <summary>Number of records that determine the number of fields.</summary>
    const int SampledRecords = 32;

    const int SampledBytes = 256 * 1024;

    readonly ByteContent _content;
    readonly ContentBytes _bytes;
    readonly List<byte[][]> _headerRecords = [];
    readonly List<string> _findings = [];
    CsvDialect _dialect;
    IReadOnlyList<string> _names = [];
    long _at;
    long _line = 1;

    CsvHead(ByteContent content, CsvDialect dialect) =>
        (_content, _bytes, _dialect) = (content, new ContentBytes(content), dialect);

    /// <summary>Reads the beginning.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="dialect">Complete; a delimiter from a line <c>sep=;</c> takes precedence.</param>
    /// <exception cref="LayoutException">The header is not text, or too long.</exception>
    public static CsvLayout Read(ByteContent content, CsvDialect dialect) => new CsvHead(content, dialect).Read();

    CsvLayout Read()
    {
        if (StartsWithMark(_bytes)) _at = MarkBytes;
        if (DelimiterLine.Read(_bytes, _at) is { } named)
        {
            if (named != _dialect.Delimiter)
                _findings.Add($"line 1 sets the delimiter to {DelimiterHint.Shown(named)}");
            _dialect = _dialect with { Delimiter = named };
            SkipLine();
        }

        for (var i = 0; i < _dialect.SkipLines; i++) SkipLine();
        if (_dialect.HeaderLines > 0) ReadHeader();
        if (_dialect.Columns.Count > 0) _names = _dialect.Columns;
        var counts = new FieldCounts(_content, LayoutOf(_names, 0, 0), SampledRecords, SampledBytes);
        var (names, fields, inRecord) = counts.Decide(_names, _dialect.HasNames, _findings);
        return LayoutOf(names, fields, inRecord) with { Findings = _findings };
    }

    /// <summary>Whether a file starts with a byte order mark.</summary>
    public static bool StartsWithMark(ContentBytes bytes)
    {
        var mark = "\uFEFF"u8;
        for (var i = 0; i < mark.Length; i++)
        {
            if (bytes.At(i) != mark[i]) return false;
        }

        return true;
    }

    CsvLayout LayoutOf(IReadOnlyList<string> names, int fields, int inRecord) => new()
    {
        Names = names,
        FieldCount = fields,
        FieldsInRecord = inRecord,
        IsByName = _dialect.HasNames,
        Dialect = _dialect,
        BodyStart = _at,
        BodyLine = _line,
        HeaderRecords = _headerRecords,
    };

    void SkipLine()
    {
        var next = _bytes.AfterBreak(_bytes.LineEnd(_at, long.MaxValue));
        if (next > _at && _bytes.At(next - 1) is '\n' or '\r') _line++;
        _at = next;
    }

    void ReadHeader()
    {
        var dialect = _dialect with { SkipFooterLines = 0, RepeatedHeader = default, NullValues = [""] };
        var layout = LayoutOf([], 0, 0) with { Dialect = dialect };
        var span = new PositionSpan(_at, _content.Length ?? PositionSpan.Open);
        using var reader = new GeneralReader(_content, span, layout, _line);
        while (_headerRecords.Count < _dialect.HeaderLines && reader.Read() is var kind and not RecordKind.End)
        {
            if (kind != RecordKind.Blank) AddHeader(reader, kind);
        }

        (_at, _line) = (reader.NextOffset, reader.NextLine);
    }

    void AddHeader(GeneralReader reader, RecordKind kind)
    {
        byte[][] fields = kind == RecordKind.Broken
            ? BrokenNames(reader)
            : [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.Field(i).ToArray())];
        _headerRecords.Add(fields);
        if (_dialect.Columns.Count > 0) return; // its names are not used
        var names = fields.Select(Encoding.UTF8.GetString).ToList();
        if (names.Any(HeaderText.IsSuspect) && HeaderText.Refusal(reader.Raw) is { } refusal) throw new LayoutException(refusal);
        _names = _headerRecords.Count == 1 ? names : Join(_names, names);
    }

    byte[][] BrokenNames(GeneralReader reader)
    {
        if (_dialect.Columns.Count > 0) return [reader.Raw.ToArray()];
        if (reader.Fault.Reason == RejectReason.TooLong)
        {
            throw new LayoutException(
                $"line {reader.Line}: the header is longer than {Counted.Of(_dialect.MaxRecordBytes, "byte")}; is this a CSV "
                    + "file with a header?");
        }

        var line = new LenientRecord(new DialectBytes(_dialect));
        if (!line.TryReadHeader(reader.Raw.ToArray()))
        {
            throw new LayoutException(
                $"line {reader.Line}: a quote in the header is misplaced or not closed; name the fields in \"columns\" "
                + "of \"csv\", or repair the line");
        }

        return [.. Enumerable.Range(0, line.Count).Select(i => line.Field(i).ToArray())];
    }

    /// <summary>The names of two lines, joined with a space where both have one.</summary>
    static List<string> Join(IReadOnlyList<string> first, IReadOnlyList<string> second) =>
        [
            .. Enumerable.Range(0, Math.Max(first.Count, second.Count))
                .Select(i => $"{first.ElementAtOrDefault(i)} {second.ElementAtOrDefault(i)}".Trim()),
        ];
}
