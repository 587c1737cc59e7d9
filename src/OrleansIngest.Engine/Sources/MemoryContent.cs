using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>Bytes in memory, of a rejected record that is read again. Safe for concurrent reading.</summary>
sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : ByteContent
{
    public override PositionUnit Unit => PositionUnit.Byte;

    public override long? Length => bytes.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length) return 0;
        var length = (int)Math.Min(buffer.Length, bytes.Length - offset);
        bytes.Span.Slice((int)offset, length).CopyTo(buffer);
        return length;
    }
}
