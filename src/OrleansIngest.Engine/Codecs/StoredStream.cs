using System.Buffers;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>Stored bytes for a decoder: read forward, with peeking ahead and short steps back. Does not own the
/// content.</summary>
sealed class StoredStream(ByteContent content, long offset) : Stream
{
    /// <summary>How much is read at once, and the maximum that can be peeked at.</summary>
    public const int BufferBytes = 64 * 1024;

    byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    long _start = offset; // offset of the buffer's first byte
    int _at;
    int _length;

    /// <summary>Offset of the next byte in the stored content.</summary>
    public long Offset => _start + _at;

    public override bool CanRead => true;

    /// <summary>True: a decoder that has read too far returns the rest.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Offset; set => Seek(value, SeekOrigin.Begin); }

    /// <summary>The bytes in the buffer, at least one; none only at the end. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (_at == _length) Fill();
        return _buffer.AsSpan(_at, _length - _at);
    }

    /// <summary>Peeks at the next bytes; fewer only at the end. Valid until the next call.</summary>
    /// <param name="count">Up to <see cref="BufferBytes"/>.</param>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_length - _at < count)
        {
            _buffer.AsSpan(_at, _length - _at).CopyTo(_buffer);
            (_start, _length, _at) = (_start + _at, _length - _at, 0);
            while (_length < count && ReadMore() > 0)
            {
                // Reads on to it.
            }
        }

        return _buffer.AsSpan(_at, Math.Min(count, _length - _at));
    }

    /// <summary>Consumes bytes that were peeked at.</summary>
    public void Skip(int count) => _at += count;

    public override int Read(Span<byte> buffer)
    {
        var bytes = Next();
        bytes = bytes[..Math.Min(bytes.Length, buffer.Length)];
        bytes.CopyTo(buffer);
        _at += bytes.Length;
        return bytes.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        var to = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Offset + offset,
            _ => throw new NotSupportedException(),
        };
        if (to >= _start && to <= _start + _length) _at = (int)(to - _start);
        else (_start, _at, _length) = (to, 0, 0);
        return to;
    }

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        base.Dispose(disposing);
    }

    void Fill()
    {
        (_start, _at, _length) = (_start + _length, 0, 0);
        ReadMore();
    }

    int ReadMore()
    {
        var read = content.Read(_start + _length, _buffer.AsSpan(_length, BufferBytes - _length));
        _length += read;
        return read;
    }
}
