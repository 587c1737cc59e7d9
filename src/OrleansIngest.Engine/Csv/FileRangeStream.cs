using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Engine.Csv;

/// <summary>A part of an open file as a forward-only stream; the bytes that go by are shown to a <see cref="ContentHash"/>.
/// Does not own the handle.</summary>
sealed class FileRangeStream(SafeFileHandle handle, long start, long end, ContentHash? hash) : Stream
{
    long _position = start;
    TextCheck _text;

    /// <summary>Whether the file ended before <c>end</c>: it was cut short since it was claimed.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Records that start at or after this offset, and were read, are UTF-8 without NUL.</summary>
    public long SuspectUpTo => _text.SuspectUpTo;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, end - _position);
        if (wanted <= 0) return 0;
        var read = RandomAccess.Read(handle, buffer[..wanted], _position);
        if (read == 0) EndedEarly = true;
        hash?.Append(_position, buffer[..read]);
        _text.Look(_position, buffer[..read], isLast: read == 0 || _position + read == end);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
