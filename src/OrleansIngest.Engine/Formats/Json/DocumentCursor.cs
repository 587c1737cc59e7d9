using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Which values of a JSON document are its records.</summary>
enum DocumentShape
{
    /// <summary>The elements of an array.</summary>
    Array,

    /// <summary>One object inside the document.</summary>
    Object,

    /// <summary>The outermost objects, one or several in sequence.</summary>
    Sequence,
}

/// <summary>Iterates over the records of a JSON document. The parts between them must be strictly valid JSON: if they are broken,
/// so is the input, because the start of the next record is unknown.</summary>
sealed class DocumentCursor : IDisposable
{
    const int MostKeyBytes = 64 * 1024;

    readonly DocumentBytes _bytes;
    readonly PositionSpan _span;
    readonly MemberPath _path;
    readonly int _maxBytes;
    readonly bool _isLast;
    bool _isFirst = true;
    bool _isOver;

    /// <param name="content">Not owned.</param>
    /// <param name="span">From the document's start or a record's start.</param>
    /// <param name="path">The path of the records.</param>
    /// <param name="shape">The shape found at the document's start; not used for a span that starts there.</param>
    /// <param name="firstLine">The 1-based line at the start of the span.</param>
    /// <param name="maxBytes">Maximum number of bytes of a record to keep.</param>
    /// <exception cref="BrokenContentException">The document does not have this path.</exception>
    public DocumentCursor(ByteContent content, PositionSpan span, MemberPath path, DocumentShape shape, long firstLine,
        int maxBytes)
    {
        (_span, _path, _maxBytes, Shape) = (span, path, maxBytes, shape);
        _isLast = span.IsOpen || span.End == content.Length;
        _bytes = new DocumentBytes(content, span.Start, span.End, firstLine);
        (Position, Line) = (span.Start, firstLine);
        if (span.Start == 0) Shape = GoToRecords();
    }

    /// <summary>Which values of the document are its records.</summary>
    public DocumentShape Shape { get; }

    /// <summary>Where the current record starts; after the last, where the span ended.</summary>
    public long Position { get; private set; }

    /// <summary>The line where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>Where its bytes are, in <see cref="Buffer"/>.</summary>
    public int Start { get; private set; }

    /// <summary>Number of its bytes in the buffer.</summary>
    public int Length { get; private set; }

    /// <summary>Its full length in bytes.</summary>
    public long FullLength { get; private set; }

    /// <summary>Holds the current record.</summary>
    public byte[] Buffer => _bytes.Buffer;

    /// <summary>The current record's bytes.</summary>
    public ReadOnlySpan<byte> Text => Buffer.AsSpan(Start, Length);

    /// <summary>Whether the current record is known to be UTF-8 without NUL.</summary>
    public bool IsClean => Position >= _bytes.SuspectUpTo;

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly => _bytes.EndedEarly;

    /// <summary>Advances to the next record.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="BrokenContentException">The part between the records is not JSON, or the document ends too
    /// early.</exception>
    public bool Next()
    {
        if (_isOver) return false;
        if (!FindRecord()) return End();
        if (Position >= _span.End) return End();
        if (!_bytes.Take(_maxBytes, out var start, out var length, out var fullLength))
            return _bytes.EndedEarly ? End() : throw Broken(Position, Line, "the record that starts here does not end");
        (Start, Length, FullLength) = (start, length, fullLength);
        _isFirst = false;
        return true;
    }

    /// <summary>The exception with which the input fails.</summary>
    public static BrokenContentException Broken(long position, long line, string what) => new(
        $"line {line}, byte {position}: {what}. The start of the next record in the JSON document is unknown; "
        + "repair the file, or deliver it with one record per line (NDJSON), where only the broken line is rejected");

    public void Dispose() => _bytes.Dispose();

    BrokenContentException Here(string what) => Broken(_bytes.Position, _bytes.Line, what);

    bool End()
    {
        _isOver = true;
        Position = _span.IsOpen ? _bytes.Position : _span.End;
        return false;
    }

    /// <summary>Advances to the start of the next record.</summary>
    bool FindRecord()
    {
        var next = _bytes.SkipBlanks();
        if (Shape == DocumentShape.Array)
        {
            if (next == ']')
            {
                _bytes.Skip();
                Close();
                return false;
            }

            if (!_isFirst)
            {
                if (next < 0 && IsCutOff()) return false;
                if (next != ',') throw Here($"expected a comma or the end of the array, found {Shown(next)}");
                _bytes.Skip();
                next = _bytes.SkipBlanks();
            }
        }
        else if (next < 0 && Shape == DocumentShape.Sequence)
        {
            return false;
        }
        else if (!_isFirst && Shape == DocumentShape.Object)
        {
            Close();
            return false;
        }

        (Position, Line) = (_bytes.Position, _bytes.Line);
        if (next < 0 && IsCutOff()) return false;
        if (next < 0 || next is ',' or ':' or ']' or '}' || (Shape == DocumentShape.Sequence && next != '{'))
            throw Broken(Position, Line, $"expected a record, found {Shown(next)}");
        return true;
    }

    /// <summary>The end is expected: the span ends before its document does, or the file was truncated after it was
    /// claimed.</summary>
    bool IsCutOff() => _bytes.EndedEarly || !_isLast;

    /// <summary>Follows the path, from the document's start.</summary>
    DocumentShape GoToRecords()
    {
        _bytes.SkipMark();
        foreach (var step in _path.Steps)
        {
            if (_bytes.SkipBlanks() != '{') throw Missing(step);
            _bytes.Skip();
            if (!GoTo(step)) throw Missing(step);
        }

        var next = _bytes.SkipBlanks();
        if (next == '[')
        {
            _bytes.Skip();
            return DocumentShape.Array;
        }

        if (_path.IsEach) throw new LayoutException($"line {_bytes.Line}, byte {_bytes.Position}: there is no array at {_path}");
        return _path.Steps.Count == 0 ? DocumentShape.Sequence : DocumentShape.Object;
    }

    LayoutException Missing(string step) =>
        new($"line {_bytes.Line}, byte {_bytes.Position}: the document has no \"{step}\" of {_path} here");

    /// <summary>Advances to the value of a member of the current object.</summary>
    bool GoTo(string? name)
    {
        var isFirst = name is not null;
        for (var next = _bytes.SkipBlanks(); next != '}'; next = _bytes.SkipBlanks(), isFirst = false)
        {
            if (next == ',' && !isFirst)
            {
                _bytes.Skip();
                next = _bytes.SkipBlanks();
            }

            if (next != '"') throw Here($"expected a key, found {Shown(next)}");
            if (!_bytes.Take(MostKeyBytes, out var start, out var length, out _)) throw Here("the key does not end");
            var isIt = name is not null && JsonText.Decode(Buffer.AsSpan(start + 1, length - 2)) == name;
            if (_bytes.SkipBlanks() is var colon && colon != ':') throw Here($"expected a colon, found {Shown(colon)}");
            _bytes.Skip();
            _bytes.SkipBlanks();
            if (isIt) return true;
            if (!_bytes.Take(1, out _, out _, out var valueLength) || valueLength == 0) throw Here("expected a value");
        }

        _bytes.Skip();
        return false;
    }

    /// <summary>Reads the rest of the document, after the records.</summary>
    void Close()
    {
        foreach (var _ in _path.Steps) GoTo(null);
        if (_bytes.SkipBlanks() is var rest && rest >= 0)
            throw Here($"expected the end of the document, found {Shown(rest)}");
    }

    static string Shown(int next) => next < 0 ? "the end of the file"
        : $"'{HeaderName.Shown(Encoding.Latin1.GetString([(byte)next]))}'";
}
