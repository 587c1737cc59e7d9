using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>A part of a content as a forward-only stream. Does not own the content.</summary>
sealed class ContentStream(ByteContent content, long start, long end) : ForwardStream
{
    long _position = start;
    TextCheck _text;

    /// <summary>Whether the content ended before <c>end</c>: it was truncated after it was claimed.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Records that start at or after this offset, and were read, are UTF-8 without NUL.</summary>
    public long SuspectUpTo => _text.SuspectUpTo;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, end - _position);
        if (wanted <= 0) return 0;
        var read = content.Read(_position, buffer[..wanted]);
        if (read == 0 && end != PositionSpan.Open) EndedEarly = true;
        _text.Scan(_position, buffer[..read], isLast: read == 0 || _position + read == end);
        _position += read;
        return read;
    }
}
