using System.Buffers;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Reads the records of one span of a content in any dialect, with their positions, through a sliding window. For dialects that
/// <see cref="RecordReader"/> can read, the results are equal.
/// </summary>
/// <remarks>Hot: <see cref="Read"/> and the accessors allocate nothing for a valid record.</remarks>
sealed class GeneralReader : IDisposable
{
    const int BufferBytes = 128 * 1024;
    const int LeastBufferBytes = 4096;

    /// <summary>The limit applies to the record itself, without its line break.</summary>
    const int LineBreakSlack = 16;

    readonly ByteContent _content;
    readonly PositionSpan _span;
    readonly CsvLayout _layout;
    readonly CsvDialect _dialect;
    readonly RecordParser _parser;
    readonly BrokenRecord _broken;
    readonly FooterFinder? _footer;
    readonly bool _looksForHeaders;
    readonly bool _fits;
    byte[] _buffer;
    long _base;      // offset of the buffer's first byte
    int _length;     // bytes in the buffer
    int _at;         // the current record in it
    int _next;       // the next one
    bool _isEnd;     // nothing follows the buffer
    bool _isStopped; // at a repeated header
    bool _isLenient;
    byte[]? _raw;    // the current record, if broken
    int _rawLength;  // bytes of the current record, if not broken
    long _nextLine;
    TextCheck _text;

    /// <param name="content">Text in UTF-8; not owned.</param>
    /// <param name="span">From a record's start to a record's end.</param>
    /// <param name="layout">Divides the records into fields.</param>
    /// <param name="firstLine">The 1-based line at the start of the span.</param>
    public GeneralReader(ByteContent content, PositionSpan span, CsvLayout layout, long firstLine)
    {
        (_content, _span, _layout, _dialect) = (content, span, layout, layout.Dialect);
        _parser = new RecordParser(layout.Signs);
        _broken = new BrokenRecord(content, layout.Signs, _dialect, layout.FieldsInRecord);
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(span.Length, LeastBufferBytes, BufferBytes));
        _looksForHeaders = _dialect.RepeatedHeader != default && layout.HeaderRecords.Count > 0;
        _fits = _dialect.RaggedRows == RaggedRowPolicy.Fit && layout.FieldCount > 0;
        (_base, _nextLine, Offset, Line) = (span.Start, firstLine, span.Start, firstLine);
        if (_dialect.SkipFooterLines > 0)
            _footer = new FooterFinder(content, _dialect.SkipFooterLines, layout.BodyStart, span.Start);
        if (_looksForHeaders && _dialect.RepeatedHeader == RepeatedHeaderPolicy.Stop) _isStopped = StopsBefore(span.Start);
    }

    /// <summary>Offset of the current record; after the last, of the end.</summary>
    public long Offset { get; private set; }

    /// <summary>The 1-based line where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>Where the next record starts.</summary>
    public long NextOffset => _base + _next;

    /// <summary>The 1-based line where the next record starts.</summary>
    public long NextLine => _nextLine;

    /// <summary>How many fields the current record has.</summary>
    public int FieldCount => _fits || _layout.FieldsInRecord > _layout.FieldCount ? _layout.FieldCount : Fields;

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>The current record's bytes without its line break, at most the maximum length of a record; valid until the next
    /// <see cref="Read"/>. Empty for a line that is skipped.</summary>
    public ReadOnlySpan<byte> Raw => _raw is null ? _buffer.AsSpan(_at, _rawLength) : _raw;

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it is unknown.</summary>
    public bool IsCleanText => !_isLenient && Offset >= _text.SuspectUpTo;

    /// <summary>Why the current record is broken; only after <see cref="RecordKind.Broken"/>.</summary>
    public RecordFault Fault { get; private set; }

    int Fields => _isLenient ? _broken.Lenient.Count : _parser.Fields.Count;

    /// <summary>A field's value, empty for NULL; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Field(int index) =>
        index >= Fields ? default
        : _isLenient ? _broken.Lenient.Field(index)
        : _parser.Fields.Value(_buffer.AsSpan(_at, _rawLength), index);

    /// <summary>Whether a field is NULL.</summary>
    public bool IsNull(int index) =>
        index >= Fields
        || (_isLenient ? _broken.Lenient.IsNull(index) : _parser.Fields.IsNull(_buffer.AsSpan(_at, _rawLength), index));

    /// <summary>Advances to the next record.</summary>
    public RecordKind Read()
    {
        (_raw, _rawLength, _isLenient) = (null, 0, false);
        if (_next == _length && !Fill())
        {
            Offset = _span.IsOpen ? _base + _length : _span.End;
            return RecordKind.End;
        }

        (_at, Offset, Line) = (_next, _base + _next, _nextLine);
        if (_isStopped || _footer?.Contains(Offset) == true || IsComment()) return PassLine();
        while (true)
        {
            var outcome = _parser.Parse(_buffer.AsSpan(_next, _length - _next), _isEnd);
            if (outcome == ParseOutcome.NeedsMore)
            {
                if (_length - _next > _dialect.MaxRecordBytes + LineBreakSlack) return Recover();
                if (!Fill()) _isEnd = true;
                continue;
            }

            if (outcome == ParseOutcome.Fault || _parser.Length > _dialect.MaxRecordBytes || IsCutByTheSpan()) return Recover();
            _at = _next;
            _rawLength = _parser.Length;
            _next += _parser.Next;
            _nextLine = Line + _parser.Breaks + 1;
            return _rawLength == 0 ? RecordKind.Blank : Judge();
        }
    }

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        NoteNoStop();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Whether the span ends inside the record, after an escaped line break. The whole record is too long, or the span
    /// would not end here; every reader must get this result.</summary>
    bool IsCutByTheSpan()
    {
        var next = _next + _parser.Next;
        return next == _length && _parser.Length == _parser.Next && _parser.Length > 0
            && _buffer[next - 1] is (byte)'\n' or (byte)'\r'
            && !_broken.Bytes.IsEnd(_base + next);
    }

    /// <summary>The kind of a record that has been divided into fields.</summary>
    RecordKind Judge()
    {
        if (_looksForHeaders && IsHeader())
        {
            if (_dialect.RepeatedHeader == RepeatedHeaderPolicy.Stop)
            {
                _isStopped = true;
                _layout.Stop.Note(Offset);
            }

            return RecordKind.Blank;
        }

        return _layout.FieldsInRecord <= _layout.FieldCount || _fits ? RecordKind.Data : JudgeSurplus();
    }

    /// <summary>Whether the record equals one of the header's lines, also after a byte order mark from a file that was
    /// appended.</summary>
    bool IsHeader()
    {
        foreach (var header in _layout.HeaderRecords)
        {
            if (header.Count != Fields) continue;
            var isSame = header.Count == 0 || IsSame(Field(0), header[0]) || IsSame(WithoutMark(Field(0)), header[0]);
            for (var i = 1; isSame && i < header.Count; i++) isSame = IsSame(Field(i), header[i]);
            if (isSame) return true;
        }

        return false;
    }

    static bool IsSame(ReadOnlySpan<byte> field, byte[] name) => field.SequenceEqual(name);

    static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> field) =>
        field.StartsWith("\uFEFF"u8) ? field[CsvHead.MarkBytes..] : field;

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

    bool IsComment()
    {
        var sign = _layout.Signs.Comment;
        if (sign.Length == 0) return false;
        while (_length - _next < sign.Length && Fill())
        {
            // A delimiter or comment of several bytes may be cut.
        }

        _at = _next;
        return _buffer.AsSpan(_next, _length - _next).StartsWith(sign);
    }

    /// <summary>Skips a line of any length that is not a record.</summary>
    RecordKind PassLine()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_next, _length - _next).IndexOfAny((byte)'\n', (byte)'\r');
            _next = found < 0 ? _length : _next + found;
            if (found < 0 && Fill()) continue;
            if (found >= 0 && _buffer[_next++] == '\r')
            {
                if (_next == _length) Fill();
                if (_next < _length && _buffer[_next] == '\n') _next++;
            }

            _at = _next;
            _nextLine = Line + 1;
            return RecordKind.Blank;
        }
    }

    /// <summary>Recovers from a record that is broken or too long.</summary>
    RecordKind Recover()
    {
        var end = _broken.Recover(Offset, Line, _span.End);
        _raw = _broken.Raw;
        _nextLine = _broken.LastLine + 1;
        MoveTo(end.Next);
        _isLenient = _broken.IsLenient;
        return _isLenient ? Judge() : BrokenBy(_broken.Fault);
    }

    void MoveTo(long next)
    {
        if (next <= _base + _length)
        {
            _at = _next = (int)(next - _base);
            return;
        }

        _content.Skip(_base + _length, next);
        (_base, _at, _next, _length, _isEnd) = (next, 0, 0, 0, false);
        _text = default;
    }

    /// <summary>Reads more; false at the end. Discards bytes before the next record.</summary>
    bool Fill()
    {
        if (_next > 0)
        {
            _buffer.AsSpan(_next, _length - _next).CopyTo(_buffer);
            _base += _next;
            _length -= _next;
            _next = 0;
            NoteNoStop();
        }

        if (_length == _buffer.Length) Grow();
        var wanted = (int)Math.Min(_buffer.Length - _length, _span.End - _base - _length);
        var read = wanted <= 0 ? 0 : _content.Read(_base + _length, _buffer.AsSpan(_length, wanted));
        if (wanted > 0 && read == 0 && !_span.IsOpen) EndedEarly = true;
        _isEnd = read == 0 || _base + _length + read == _span.End;
        _text.Scan(_base + _length, _buffer.AsSpan(_length, read), _isEnd);
        _length += read;
        return read > 0;
    }

    void NoteNoStop()
    {
        if (_looksForHeaders && !_isStopped) _layout.Stop.NoteNone(_span.Start <= _layout.BodyStart ? 0 : _span.Start, Offset);
    }

    void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    /// <summary>Whether a header is repeated before a position: reads only the part that no reader has read yet.</summary>
    bool StopsBefore(long start)
    {
        if (_layout.Stop.Offset < start) return true;
        var from = Math.Max(_layout.BodyStart, _layout.Stop.NoneBefore);
        if (from >= start) return false;
        using var reader = new GeneralReader(_content, new PositionSpan(from, start), _layout, firstLine: 1);
        while (reader.Read() != RecordKind.End && !reader._isStopped)
        {
            // Only whether it stops matters.
        }

        if (reader._isStopped) _layout.Stop.Note(reader.Offset);
        else _layout.Stop.NoteNone(from <= _layout.BodyStart ? 0 : from, start);
        return reader._isStopped;
    }
}
