using System.Buffers;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Ndjson;

/// <summary>Reads the lines of one span of a content, with their positions. A line ends with LF, CR LF, or the end of the
/// content.</summary>
/// <remarks>Hot: <see cref="Next"/> allocates nothing, except for a line that is longer than all before.</remarks>
sealed class LineReader : IDisposable
{
    const int BufferBytes = 128 * 1024;

    readonly ContentStream _stream;
    readonly PositionSpan _span;
    readonly int _maxBytes;
    byte[] _buffer;
    long _bufferAt;     // offset of the buffer's first byte
    int _next;          // where the next line starts in the buffer
    int _filled;
    bool _atEnd;

    /// <param name="content">Not owned.</param>
    /// <param name="span">From the content's start or a line's start. A byte order mark at the content's start is not part of the
    /// first line.</param>
    /// <param name="firstLine">The 1-based line at the start of the span.</param>
    /// <param name="maxBytes">Maximum number of bytes of a line to keep.</param>
    public LineReader(ByteContent content, PositionSpan span, long firstLine, int maxBytes)
    {
        (_span, _maxBytes) = (span, maxBytes);
        (_bufferAt, Position, Line) = (span.Start, span.Start, firstLine - 1);
        _stream = new ContentStream(content, span.Start, span.End);
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(span.Length + 1, 4096, BufferBytes));
        if (span.Start != 0) return;
        while (_filled < 3 && Fill())
        {
            // The mark may arrive in pieces.
        }

        if (_buffer.AsSpan(0, _filled).StartsWith("\uFEFF"u8)) _next = 3;
    }

    /// <summary>Where the current line starts; after the last, where the span ended.</summary>
    public long Position { get; private set; }

    /// <summary>The current line's number, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Where the current line's bytes are: in <see cref="Buffer"/>, from here on.</summary>
    public int Start { get; private set; }

    /// <summary>Number of its bytes in the buffer, without the line break.</summary>
    public int Length { get; private set; }

    /// <summary>Its full length in bytes, without the line break: more than <see cref="Length"/> for a line that is too
    /// long.</summary>
    public long FullLength { get; private set; }

    /// <summary>Holds the current line.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>The current line's bytes.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(Start, Length);

    /// <summary>Whether the current line is known to be UTF-8 without NUL.</summary>
    public bool IsClean => Position >= _stream.SuspectUpTo;

    /// <summary>Whether the content ended before the span did.</summary>
    public bool EndedEarly => _stream.EndedEarly;

    /// <summary>Advances to the next line.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        var seen = 0; // of the line, without a break
        while (true)
        {
            var end = _buffer.AsSpan(_next + seen, _filled - _next - seen).IndexOf((byte)'\n');
            if (end >= 0) return Take(seen + end, breakBytes: 1);
            seen = _filled - _next;
            if (seen > _maxBytes + 1) return TakeLong();
            if (Fill()) continue;
            if (seen > 0) return Take(seen, breakBytes: 0);
            Position = _span.IsOpen ? _stream.Position : _span.End;
            return false;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    bool Take(int length, int breakBytes)
    {
        (Position, Start) = (_bufferAt + _next, _next);
        Line++;
        _next += length + breakBytes;
        if (breakBytes > 0 && length > 0 && _buffer[Start + length - 1] == '\r') length--;
        FullLength = length;
        Length = Math.Min(length, _maxBytes);
        return true;
    }

    /// <summary>Keeps the line's beginning at the start of the buffer and skips the rest. Cold.</summary>
    bool TakeLong()
    {
        Compact();
        Position = _bufferAt;
        Line++;
        long length = _filled;
        var end = -1;
        while (end < 0)
        {
            _filled = _maxBytes;
            if (!Fill()) break;
            end = _buffer.AsSpan(_maxBytes, _filled - _maxBytes).IndexOf((byte)'\n');
            length += end >= 0 ? end : _filled - _maxBytes;
        }

        _bufferAt = _stream.Position - _filled;
        _next = end >= 0 ? _maxBytes + end + 1 : _filled;
        (Start, Length, FullLength) = (0, _maxBytes, length);
        return true;
    }

    /// <summary>Makes room, and reads more after the buffered bytes.</summary>
    bool Fill()
    {
        if (_atEnd) return false;
        if (_filled == _buffer.Length)
        {
            if (_next > 0) Compact();
            else Grow();
        }

        var read = _stream.Read(_buffer.AsSpan(_filled));
        _filled += read;
        _atEnd = read == 0;
        return read > 0;
    }

    void Compact()
    {
        _buffer.AsSpan(_next, _filled - _next).CopyTo(_buffer);
        _bufferAt += _next;
        (_filled, _next) = (_filled - _next, 0);
    }

    void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
