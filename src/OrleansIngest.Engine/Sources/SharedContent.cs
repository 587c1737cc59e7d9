using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>Content owned by another object: disposing this one leaves it open.</summary>
sealed class SharedContent(ByteContent content) : ByteContent
{
    public override PositionUnit Unit => content.Unit;

    public override long? Length => content.Length;

    public override long Window => content.Window;

    public override int Read(long offset, Span<byte> buffer) => content.Read(offset, buffer);
}
