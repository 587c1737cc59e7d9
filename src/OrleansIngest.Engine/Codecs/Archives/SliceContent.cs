using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A part of a content as a separate content. Does not own the whole.</summary>
/// <param name="whole">Has the bytes; determines whether this is safe for concurrent reading.</param>
/// <param name="start">Where the part starts.</param>
/// <param name="length">How long it is.</param>
sealed class SliceContent(ByteContent whole, long start, long length) : ByteContent
{
    public override PositionUnit Unit => whole.Unit;

    public override long? Length => length;

    public override long Window => whole.Window;

    public override RestartPoint? RestartBefore(long position) =>
        whole.RestartBefore(start + position) is { } point ? new RestartPoint(point.Position - start, point.SourceOffset) : null;

    public override void Learn(RestartPoint point) => whole.Learn(new RestartPoint(start + point.Position, point.SourceOffset));

    /// <exception cref="BrokenContentException">The whole ends before the part does.</exception>
    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= length) return 0;
        var read = whole.Read(start + offset, buffer[..(int)Math.Min(buffer.Length, length - offset)]);
        return read > 0 ? read
            : throw new BrokenContentException("the archive is truncated: it ends inside one of its files; deliver it again");
    }
}
