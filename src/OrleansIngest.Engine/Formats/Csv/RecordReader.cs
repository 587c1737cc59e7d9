using CsvHelper;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Reads the records of one span of a content, with their positions, in the dialects that most files have: <see cref="CanRead"/>.
/// <see cref="BrokenRecord"/> decides about a record with a broken quote, or one that is too long; its result is one record, and
/// reading continues after it.
/// </summary>
/// <remarks>Hot: <see cref="Read"/> and the accessors allocate nothing for a valid record. The parser, with its 200 KB of
/// buffers, exists from the first record to the last: a hundred files may wait for a parse slot, or for a lane after it, and the
/// buffers of so many would be too many for the pool.</remarks>
sealed class RecordReader : IDisposable
{
    const int BufferBytes = 128 * 1024;

    /// <summary>The parser's own limit counts the line break, and only when it needs more input: <see cref="Read"/> decides by
    /// the record's length.</summary>
    const int LineBreakSlack = 16;

    readonly ByteContent _content;
    readonly PositionSpan _span;
    readonly CsvReaderOptions _options;
    readonly CsvLayout _layout;
    readonly BrokenRecord _broken;
    readonly int _maxRecordBytes;
    readonly bool _hasSurplus;
    ContentStream? _stream; // null before the first record
    CsvReader? _reader; // null before the first record, and after the last
    long _base;       // file offset of the reader's first byte
    long _lineBase;   // added to the reader's line numbers
    bool _malformed;
    bool _skipFirst;
    bool _isAtEnd;
    bool _isLenient;
    byte[]? _recovered;

    /// <param name="content">Text in UTF-8; not owned.</param>
    /// <param name="span">From a record's start to a record's end.</param>
    /// <param name="layout">Divides the records, in a dialect that <see cref="CanRead"/> accepts. The number of fields is the
    /// evidence for where a broken record ends; 0 for unknown: a broken record then is only its first line.</param>
    /// <param name="firstLine">The 1-based line at the start of the span.</param>
    public RecordReader(ByteContent content, PositionSpan span, CsvLayout layout, long firstLine)
    {
        (_content, _span, _layout) = (content, span, layout);
        _maxRecordBytes = layout.Dialect.MaxRecordBytes;
        _hasSurplus = layout.FieldsInRecord > layout.FieldCount && layout.FieldCount > 0;
        _broken = new BrokenRecord(content, layout.Signs, layout.Dialect, layout.FieldsInRecord);
        (Offset, Line) = (span.Start, firstLine);
        _options = new CsvReaderOptions
        {
            Separator = layout.Dialect.Delimiter[0],
            Quote = layout.Dialect.Quote,
            HasHeader = false,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            MaxRecordSize = _maxRecordBytes + LineBreakSlack,
            BufferSize = (int)Math.Clamp(span.Length, 4096, BufferBytes),
            DetectSeparatorHint = false,
            OnMalformedRecord = _ => _malformed = true,
        };
    }

    /// <summary>Whether it can read a dialect: one ASCII character as delimiter, doubled quotes, and nothing that is skipped or
    /// changed.</summary>
    public static bool CanRead(CsvDialect dialect) =>
        dialect is
        {
            Delimiter: [<= '\x7F'], HasQuote: true, Comment: "", Trim: false, NullValues: [""],
            QuotedEmptyIsNull: false
        }
        && dialect.Escape == dialect.Quote
        && dialect is { SkipFooterLines: 0, RaggedRows: RaggedRowPolicy.Reject, RepeatedHeader: RepeatedHeaderPolicy.Row };

    /// <summary>Offset, in bytes, of the current record; after the last, of the end.</summary>
    public long Offset { get; private set; }

    /// <summary>The 1-based line of the file where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>How many fields the current record has.</summary>
    public int FieldCount => _hasSurplus ? _layout.FieldCount : Fields;

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly => _stream is { EndedEarly: true };

    /// <summary>The current record's bytes without its line break, at most the maximum length of a record; valid until the next
    /// <see cref="Read"/>. Empty at the end.</summary>
    public ReadOnlySpan<byte> Raw => _recovered is not null ? _recovered : _reader is null ? default : _reader.RawRecord;

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it is unknown.</summary>
    public bool IsCleanText => !_isLenient && Offset >= _stream!.SuspectUpTo;

    /// <summary>Why the current record is broken; only after <see cref="RecordKind.Broken"/>.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>Details of a broken record.</summary>
    public BrokenRecord Broken => _broken;

    int Fields => _isLenient ? _broken.Lenient.Count : _reader!.FieldCount;

    /// <summary>The field's value, unquoted; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Field(int index) => _isLenient ? _broken.Lenient.Field(index) : _reader!.GetSpan(index);

    /// <summary>Whether the field is empty and not quoted, which is NULL for COPY.</summary>
    public bool IsNull(int index) => _isLenient ? _broken.Lenient.IsNull(index) : _reader!.GetRawSpan(index).Length == 0;

    /// <summary>Advances to the next record.</summary>
    public RecordKind Read()
    {
        _recovered = null;
        _malformed = _isLenient = false;
        if (_isAtEnd) return RecordKind.End;
        var reader = _reader ?? Start();
        bool found;
        try
        {
            found = reader.Read();
            if (_skipFirst && found)
            {
                _skipFirst = false;
                _malformed = false;
                found = reader.Read();
            }
        }
        catch (CsvFormatException)
        {
            return RecoverLong();
        }

        if (!found)
        {
            Offset = _span.IsOpen ? _stream!.Position : _span.End;
            _isAtEnd = true;
            Dispose();
            return RecordKind.End;
        }

        Offset = _base + reader.ByteOffset;
        Line = _lineBase + reader.LineNumber;
        var length = reader.RawRecord.Length;
        if (_malformed || length > _maxRecordBytes) return Recover(Offset + length);
        return length == 0 ? RecordKind.Blank : _hasSurplus ? JudgeSurplus() : RecordKind.Data;
    }

    /// <summary>Returns the read buffers.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }

    RecordKind JudgeSurplus()
    {
        if (Fields != _layout.FieldsInRecord) return BrokenBy(_layout.SurplusFault(Fields));
        for (var i = _layout.FieldCount; i < Fields; i++)
        {
            if (!Field(i).IsEmpty) return BrokenBy(_layout.SurplusFault(i, Field(i)));
        }

        return RecordKind.Data;
    }

    RecordKind BrokenBy(RecordFault fault)
    {
        Fault = fault;
        return RecordKind.Broken;
    }

    CsvReader Start() => _span.Start == 0 || _span.Start == _span.End ? Start(Offset, Line) : StartAfterLineBreak(Offset, Line);

    CsvReader Start(long offset, long firstLine)
    {
        Dispose();
        _stream = new ContentStream(_content, offset, _span.End);
        (_base, _lineBase) = (offset, firstLine - 1);
        return _reader = CsvReader.Create(_stream, _options);
    }

    /// <summary>Starts one byte early, at the line break before the record: so bytes that look like a byte order mark are not
    /// mistaken for one, which CsvHelper would do only at the start of a stream.</summary>
    CsvReader StartAfterLineBreak(long offset, long firstLine)
    {
        _skipFirst = true;
        return Start(offset - 1, firstLine - 1);
    }

    /// <summary>Recovers from a record that is broken or too long. Restarts reading if the record does not end where the parser
    /// has ended it.</summary>
    /// <param name="parsedEnd">Where the parser has ended the record; -1 if it has not.</param>
    RecordKind Recover(long parsedEnd)
    {
        var (end, next) = _broken.Recover(Offset, Line, _span.End);
        _recovered = _broken.Raw;
        if (end != parsedEnd)
        {
            _content.Skip(_stream!.Position, next);
            if (next == _span.End || _broken.Bytes.At(next) < 0) Start(next, _broken.LastLine + 1);
            else StartAfterLineBreak(next, _broken.LastLine + 1);
        }

        _isLenient = _broken.IsLenient;
        if (!_isLenient) return BrokenBy(_broken.Fault);
        return _hasSurplus ? JudgeSurplus() : RecordKind.Data;
    }

    /// <summary>Recovers after the parser threw at a record longer than its maximum buffer. The parser knows where the record
    /// starts, but not on which line.</summary>
    RecordKind RecoverLong()
    {
        var offset = _base + _reader!.ByteOffset;
        Line += _broken.Bytes.CountBreaks(Offset, offset);
        Offset = offset;
        return Recover(parsedEnd: -1);
    }
}
