using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Codecs;

/// <summary>Bytes of a test as content; reads are short, as those of a file may be.</summary>
sealed class MemoryContent(byte[] bytes, int mostAtOnce = int.MaxValue) : ByteContent
{
    public override PositionUnit Unit => PositionUnit.Byte;

    public override long? Length => bytes.Length;

    public bool IsDisposed { get; private set; }

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length) return 0;
        var read = bytes.AsSpan((int)offset, Math.Min(Math.Min(buffer.Length, mostAtOnce), bytes.Length - (int)offset));
        read.CopyTo(buffer);
        return read.Length;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
