using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>The complete part of a growing file. Does not own the content. Safe for concurrent reading.</summary>
/// <param name="content">The file.</param>
sealed class GrowingContent(ByteContent content) : ByteContent
{
    long _end;

    public override PositionUnit Unit => content.Unit;

    public override long? Length => End;

    /// <summary>How many bytes are complete. Default: 0.</summary>
    public long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    public override int Read(long offset, Span<byte> buffer) =>
        offset >= End ? 0 : content.Read(offset, buffer[..(int)Math.Min(buffer.Length, End - offset)]);
}
