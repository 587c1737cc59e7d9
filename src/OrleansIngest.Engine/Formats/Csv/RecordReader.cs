using CsvHelper;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Reads the records of one span of a content, with their places. Where a record with a broken quote, or a record that is too
/// long, ends is decided by <see cref="RecordRecovery"/>; what it returns is one record, and reading continues behind it.
/// </summary>
/// <remarks>Hot: <see cref="Read"/> and the accessors allocate nothing for a sound record.</remarks>
public sealed class RecordReader : IDisposable
{
    const int BufferBytes = 128 * 1024;

    /// <summary>The parser's own limit counts the line break, and only when it needs more input: <see cref="Read"/> decides by
    /// the record's length.</summary>
    const int LineBreakSlack = 16;

    readonly ByteContent _content;
    readonly PositionSpan _span;
    CsvReaderOptions _options;
    readonly int _maxRecordBytes;
    readonly CsvOptions _dialect;
    ContentStream _stream = null!;
    CsvReader _reader = null!;
    long _base;       // the file offset of the reader's first byte
    long _lineBase;   // added to the reader's line numbers
    bool _malformed;
    bool _skipFirst;
    byte[]? _recovered;
    ContentBytes? _bytes;
    RecordRecovery? _recovery;

    /// <param name="content">Text in UTF-8; not owned.</param>
    /// <param name="span">From the file's start (the header is read first, if the dialect has one) or from a record's start, to
    /// a record's end.</param>
    /// <param name="dialect">With a known delimiter when <paramref name="span"/> does not start at 0.</param>
    /// <param name="firstLine">The 1-based line at the start of the span.</param>
    internal RecordReader(ByteContent content, PositionSpan span, CsvOptions dialect, long firstLine)
    {
        _content = content;
        _span = span;
        _dialect = dialect;
        _maxRecordBytes = dialect.MaxRecordBytes;
        (Offset, Line) = (span.Start, firstLine);
        _options = new CsvReaderOptions
        {
            Separator = dialect.Delimiter ?? DelimiterGuess.Of(content, dialect.Quote ?? '"'),
            Quote = dialect.Quote ?? '"',
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            MaxRecordSize = dialect.MaxRecordBytes + LineBreakSlack,
            BufferSize = (int)Math.Clamp(span.Length, 4096, BufferBytes),
            DetectSeparatorHint = false,
            OnMalformedRecord = _ => _malformed = true,
        };
        if (span.Start == 0)
        {
            Start(0, firstLine, dialect.Header);
        }
        else
        {
            StartAfterLineBreak(span.Start, firstLine);
        }
    }

    /// <summary>Offset, in bytes, of the current record; at the end, of the end.</summary>
    public long Offset { get; private set; }

    /// <summary>The 1-based line of the file where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>How many fields the file's records have: the evidence for where a broken record ends. Default: 0, unknown; a
    /// broken record then is its first line.</summary>
    public int ExpectedFields
    {
        get;
        set => (field, _recovery) = (value, null);
    }

    /// <summary>The 1-based line where the current record ends; only for a record that is not sound.</summary>
    public long LastLine { get; private set; }

    /// <summary>How many bytes the current record has, without its line break; only for a record that is not sound.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the current record, which is not sound, is longer than a record may be.</summary>
    public bool IsTooLong => Length > _maxRecordBytes;

    /// <summary>How many fields the current record has.</summary>
    public int FieldCount => _reader.FieldCount;

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly => _stream.EndedEarly;

    /// <summary>The delimiter in use, detected or given.</summary>
    public char Delimiter => _reader.Separator;

    /// <summary>The current record's bytes without its line break, at most <see cref="CsvOptions.MaxRecordBytes"/> of them; valid
    /// until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Raw => _recovered is null ? _reader.RawRecord : _recovered;

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it may or may not be.</summary>
    public bool IsCleanText => Offset >= _stream.SuspectUpTo;

    /// <summary>The header's names; only for a reader that starts at 0.</summary>
    /// <exception cref="CsvFormatException">The header is longer than a record may be.</exception>
    public IReadOnlyList<string> ReadHeader()
    {
        _reader.ReadHeader();
        return _reader.Headers;
    }

    /// <summary>Why the header that was read is no text, or null.</summary>
    public string? HeaderRefusal()
    {
        if (!_reader.Headers.Any(HeaderText.IsSuspect)) return null;
        var headerAsRecord = new CsvOptions { Delimiter = Delimiter, Quote = _dialect.Quote, Header = false, MaxRecordBytes = _maxRecordBytes };
        using var again = new RecordReader(_content, _span, headerAsRecord, firstLine: 1);
        again.Read();
        return HeaderText.Refusal(again.Raw);
    }

    /// <summary>The field's value, unquoted; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Field(int index) => _reader.GetSpan(index);

    /// <summary>Whether the field is empty and not quoted, which is what COPY takes for NULL.</summary>
    public bool IsNull(int index) => _reader.GetRawSpan(index).Length == 0;

    /// <summary>Goes to the next record.</summary>
    public RecordKind Read()
    {
        _recovered = null;
        _malformed = false;
        bool found;
        try
        {
            found = _reader.Read();
            if (_skipFirst && found)
            {
                _skipFirst = false;
                _malformed = false;
                found = _reader.Read();
            }
        }
        catch (CsvFormatException)
        {
            return RecoverLong();
        }

        if (!found)
        {
            Offset = _span.IsOpen ? _stream.Position : _span.End;
            return RecordKind.End;
        }

        Offset = _base + _reader.ByteOffset;
        Line = _lineBase + _reader.LineNumber;
        var length = _reader.RawRecord.Length;
        if (_malformed || length > _maxRecordBytes) return Recover(Offset + length);
        return length == 0 ? RecordKind.Blank : RecordKind.Data;
    }

    /// <summary>Gives the read buffers back.</summary>
    public void Dispose() => _reader.Dispose();

    void Start(long offset, long firstLine, bool hasHeader)
    {
        _reader?.Dispose();
        _stream = new ContentStream(_content, offset, _span.End);
        _reader = CsvReader.Create(_stream, _options with { HasHeader = hasHeader });
        _base = offset;
        _lineBase = firstLine - 1;
    }

    /// <summary>Starts one byte early, at the line break before the record: so bytes that look like a byte order mark are not
    /// taken for one, which CsvHelper would do at the start of a stream only.</summary>
    void StartAfterLineBreak(long offset, long firstLine)
    {
        Start(offset - 1, firstLine - 1, hasHeader: false);
        _skipFirst = true;
    }

    /// <summary>The record is broken, or longer than a record may be: <see cref="RecordRecovery"/> says where it ends. Where that
    /// is not where the parser has ended it, reading starts anew.</summary>
    /// <param name="parsedEnd">Where the parser has ended it; -1 when it has not.</param>
    RecordKind Recover(long parsedEnd)
    {
        _bytes ??= new ContentBytes(_content);
        _recovery ??= new RecordRecovery(_bytes, (byte)_reader.Separator, (byte)_options.Quote, _maxRecordBytes, ExpectedFields);
        var record = _recovery.Recover(Offset);
        var (end, next) = (Math.Min(record.End, _span.End), Math.Min(record.Next, _span.End));
        Length = end - Offset;
        LastLine = Line + _bytes.CountBreaks(Offset, end);
        _recovered = new byte[Math.Min(Length, _maxRecordBytes)];
        _bytes.CopyTo(Offset, _recovered);
        if (end != parsedEnd)
        {
            _content.PassOver(_stream.Position, next);
            _options = _options with { Separator = _reader.Separator }; // detected once, at the file's start
            if (next == _span.End || _bytes.At(next) < 0) Start(next, LastLine + 1, hasHeader: false);
            else StartAfterLineBreak(next, LastLine + 1);
        }

        return RecordKind.Broken;
    }

    /// <summary>The parser threw at a record that is longer than its buffer may grow. It knows where the record starts, but not
    /// on which line.</summary>
    RecordKind RecoverLong()
    {
        _bytes ??= new ContentBytes(_content);
        var offset = _base + _reader.ByteOffset;
        Line += _bytes.CountBreaks(Offset, offset);
        Offset = offset;
        return Recover(parsedEnd: -1);
    }
}
