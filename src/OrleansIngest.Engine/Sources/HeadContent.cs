using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>Content whose beginning is cached: detection of codec, archive, encoding, format and header reads it repeatedly, and
/// a small input consists of nothing else. Its length is the one at its creation. Does not own the content.</summary>
sealed class HeadContent : ByteContent
{
    const int MostBytes = 64 * 1024;

    readonly ByteContent _content;
    readonly long _length;
    readonly byte[] _head;

    /// <param name="content">Of known length.</param>
    public HeadContent(ByteContent content)
    {
        _content = content;
        _length = content.Length ?? throw new ArgumentException("its length is not known", nameof(content));
        _head = GC.AllocateUninitializedArray<byte>((int)Math.Min(MostBytes, _length));
        var length = 0;
        for (int read; length < _head.Length && (read = content.Read(length, _head.AsSpan(length))) > 0;) length += read;
        if (length < _head.Length) (_head, _length) = (_head[..length], length); // truncated since
    }

    public override PositionUnit Unit => _content.Unit;

    public override long? Length => _length;

    public override long Window => _content.Window;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= _length) return 0;
        if (offset >= _head.Length) return _content.Read(offset, buffer);
        var kept = _head.AsSpan((int)offset);
        kept = kept[..Math.Min(kept.Length, buffer.Length)];
        kept.CopyTo(buffer);
        return kept.Length;
    }

    public override void Skip(long from, long to) => _content.Skip(from, to);
}
