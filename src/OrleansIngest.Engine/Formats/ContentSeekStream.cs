using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>A whole content as a seekable stream, for libraries that require one. Does not own the content.</summary>
sealed class ContentSeekStream(ByteContent content, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - Position);
        if (wanted <= 0) return 0;
        try
        {
            var read = content.Read(Position, buffer[..wanted]);
            Position += read;
            return read;
        }
        catch (IOException failure) when (failure is not SourceReadException)
        {
            throw new SourceReadException(failure);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        byte one = 0;
        return Read(new Span<byte>(ref one)) == 0 ? -1 : one;
    }

    /// <summary>Reads synchronously.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin)
    {
        var position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };
        // A damaged file with a negative offset.
        return Position = position >= 0 ? position : throw new InvalidDataException($"there are no bytes at offset {position}");
    }

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The source cannot be read, which says nothing about its content. Libraries throw <see cref="IOException"/> for
/// content that ends too early.</summary>
sealed class SourceReadException(IOException inner) : IOException(inner.Message, inner);
