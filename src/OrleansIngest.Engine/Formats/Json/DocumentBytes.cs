using System.Buffers;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Reads the bytes of a JSON document forward from an offset: the parts between its records, and one record as a
/// whole.</summary>
sealed class DocumentBytes : IDisposable
{
    const int BufferBytes = 128 * 1024;

    static readonly SearchValues<byte> Outside = SearchValues.Create("{}[]\""u8);
    static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",]} \n\r\t"u8);
    static readonly SearchValues<byte> Inside = SearchValues.Create("\"\\"u8);

    readonly ContentStream _stream;
    byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    long _bufferAt;
    int _next;
    int _filled;
    bool _atEnd;

    public DocumentBytes(ByteContent content, long start, long end, long line)
    {
        _stream = new ContentStream(content, start, end);
        (_bufferAt, Line) = (start, line);
    }

    /// <summary>Offset of the next byte.</summary>
    public long Position => _bufferAt + _next;

    /// <summary>The line of the next byte, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Holds the value that was taken last.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Whether the content ended early.</summary>
    public bool EndedEarly => _stream.EndedEarly;

    /// <summary>Bytes from this offset on that were read are UTF-8 without NUL.</summary>
    public long SuspectUpTo => _stream.SuspectUpTo;

    /// <summary>The next byte, or -1 at the end.</summary>
    public int Peek() => _next < _filled || Fill() ? _buffer[_next] : -1;

    /// <summary>Skips one byte.</summary>
    public void Skip()
    {
        if (_buffer[_next] == '\n') Line++;
        _next++;
    }

    /// <summary>Skips spaces, tabs and line breaks.</summary>
    /// <returns>The byte after them, or -1 at the end.</returns>
    public int SkipBlanks()
    {
        var next = Peek();
        for (; next is ' ' or '\n' or '\r' or '\t'; next = Peek()) Skip();
        return next;
    }

    /// <summary>Skips a byte order mark.</summary>
    public void SkipMark()
    {
        while (_filled - _next < 3 && Fill())
        {
            // It may arrive in pieces.
        }

        if (_buffer.AsSpan(_next, _filled - _next).StartsWith("\uFEFF"u8)) _next += 3;
    }

    /// <summary>Takes a value, judging only by brackets and quotes; a scalar ends where a value may end.</summary>
    /// <param name="maxBytes">Maximum number of bytes to keep.</param>
    /// <param name="start">Where it starts in <see cref="Buffer"/>.</param>
    /// <param name="length">Number of bytes kept.</param>
    /// <param name="fullLength">Its full length.</param>
    /// <returns>False when the end comes first.</returns>
    public bool Take(int maxBytes, out int start, out int length, out long fullLength)
    {
        var isScalar = Peek() is not ('{' or '[' or '"');
        var depth = 0;
        var inText = false;
        var at = 0;          // from the value's start in the buffer
        long dropped = 0;    // bytes of it that have left the buffer
        start = length = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_next + at, _filled - _next - at);
            var hit = isScalar ? rest.IndexOfAny(ScalarEnd) : rest.IndexOfAny(inText ? Inside : Outside);
            if (isScalar && hit >= 0)
            {
                at += hit;
                break;
            }

            if (hit < 0)
            {
                at += rest.Length;
                if (at > maxBytes) Drop(maxBytes, ref at, ref dropped);
                if (Fill()) continue;
                fullLength = dropped + at;
                if (!isScalar) return false;
                break;
            }

            at += hit + 1;
            switch (rest[hit])
            {
                case (byte)'\\':
                    if (_next + at == _filled && !Fill())
                    {
                        fullLength = dropped + at;
                        return false;
                    }

                    at++;
                    continue;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            if (depth <= 0 && !inText) break;
        }

        (start, length, fullLength) = (_next, Math.Min(at, maxBytes), dropped + at);
        Line += _buffer.AsSpan(_next, at).Count((byte)'\n');
        _next += at;
        return true;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Discards the bytes of a value beyond the maximum. Cold.</summary>
    void Drop(int maxBytes, ref int at, ref long dropped)
    {
        var more = at - maxBytes;
        Line += _buffer.AsSpan(_next + maxBytes, more).Count((byte)'\n');
        _filled -= more;
        _bufferAt += more;
        dropped += more;
        at = maxBytes;
    }

    bool Fill()
    {
        if (_atEnd) return false;
        if (_filled == _buffer.Length)
        {
            if (_next > 0)
            {
                _buffer.AsSpan(_next, _filled - _next).CopyTo(_buffer);
                _bufferAt += _next;
                (_filled, _next) = (_filled - _next, 0);
            }
            else
            {
                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
                _buffer.AsSpan(0, _filled).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }
        }

        var read = _stream.Read(_buffer.AsSpan(_filled));
        _filled += read;
        _atEnd = read == 0;
        return read > 0;
    }
}
