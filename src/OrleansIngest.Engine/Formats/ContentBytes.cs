using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Random access to the bytes of a content, a chunk at a time. Does not own the content.</summary>
sealed class ContentBytes(ByteContent content)
{
    const int ChunkBytes = 64 * 1024;

    readonly byte[] _chunk = new byte[(int)Math.Clamp(content.Length ?? ChunkBytes, 1, ChunkBytes)];
    long _start;
    int _length;

    /// <summary>Offset of the content's end when this was created, or less if the content turned out to be truncated since;
    /// <see cref="long.MaxValue"/> while it is unknown.</summary>
    public long End { get; private set; } = content.Length ?? long.MaxValue;

    /// <summary>How far before the furthest byte read an offset can be and still be read without restarting.</summary>
    public long Window => content.Window;

    /// <summary>Whether an offset is at or after the content's end. Reads the content while the end is unknown, so that the
    /// answer does not depend on earlier reads.</summary>
    public bool IsEnd(long offset) => offset >= End || From(offset).IsEmpty;

    /// <summary>The bytes from an offset on: at least one, unless the file ends there. Valid until the next call.</summary>
    public ReadOnlySpan<byte> From(long offset)
    {
        if (offset < _start || offset >= _start + _length)
        {
            _start = offset;
            _length = 0;
            var wanted = (int)Math.Clamp(End - offset, 0, _chunk.Length);
            // A decoder returns its bytes in pieces, and results must not depend on their sizes.
            for (var read = 1; _length < wanted && read > 0; _length += read)
                read = content.Read(offset + _length, _chunk.AsSpan(_length, wanted - _length));
            if (_length < wanted || wanted == 0) End = Math.Min(End, offset + _length);
        }

        return _chunk.AsSpan((int)(offset - _start), _length - (int)(offset - _start));
    }

    /// <summary>Fills a buffer with the bytes from an offset on; past the file's end it stays unchanged.</summary>
    public void CopyTo(long offset, Span<byte> target)
    {
        for (var bytes = From(offset); target.Length > 0 && bytes.Length > 0; bytes = From(offset))
        {
            bytes = bytes[..Math.Min(bytes.Length, target.Length)];
            bytes.CopyTo(target);
            target = target[bytes.Length..];
            offset += bytes.Length;
        }
    }

    /// <summary>The byte at an offset, or -1 at the file's end.</summary>
    public int At(long offset)
    {
        var bytes = From(offset);
        return bytes.IsEmpty ? -1 : bytes[0];
    }

    /// <summary>The offset of the first line break at or after an offset; <paramref name="limit"/>, or <see cref="End"/> when it
    /// comes first, if there is none.</summary>
    public long LineEnd(long offset, long limit)
    {
        while (offset < limit)
        {
            var bytes = From(offset);
            if (bytes.IsEmpty) return offset;
            var at = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0) return Math.Min(offset + at, limit);
            offset += bytes.Length;
        }

        return limit;
    }

    /// <summary>The offset after the line break at an offset; CR LF is one line break. Without a line break, the offset
    /// itself.</summary>
    public long AfterBreak(long offset) => At(offset) switch
    {
        '\r' => At(offset + 1) == '\n' ? offset + 2 : offset + 1,
        '\n' => offset + 1,
        _ => offset,
    };

    /// <summary>The start of the line that contains an offset, not before <paramref name="floor"/>.</summary>
    public long LineStart(long offset, long floor)
    {
        while (offset > floor)
        {
            var from = Math.Max(floor, offset - ChunkBytes / 2);
            var bytes = From(from);
            var at = bytes[..(int)Math.Min(bytes.Length, offset - from)].LastIndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0) return from + at + 1;
            offset = from;
        }

        return floor;
    }

    /// <summary>How many line breaks start in a range.</summary>
    public long CountBreaks(long from, long to)
    {
        long breaks = 0;
        for (var at = LineEnd(from, to); at < to; at = LineEnd(AfterBreak(at), to)) breaks++;
        return breaks;
    }
}
