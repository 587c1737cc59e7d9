using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>The beginning of content owned by another object.</summary>
/// <param name="content">At least as long.</param>
/// <param name="length">Of the beginning, in bytes.</param>
sealed class PrefixContent(ByteContent content, long length) : ByteContent
{
    public override PositionUnit Unit => content.Unit;

    public override long? Length => length;

    public override long Window => content.Window;

    public override int Read(long offset, Span<byte> buffer) =>
        offset >= length ? 0 : content.Read(offset, buffer[..(int)Math.Min(buffer.Length, length - offset)]);
}
