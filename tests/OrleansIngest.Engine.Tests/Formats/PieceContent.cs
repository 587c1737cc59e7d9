using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats;

/// <summary>Bytes in memory that come in pieces, as from a pipe or a decoder.</summary>
sealed class PieceContent(byte[] bytes, int most = int.MaxValue, bool knowsLength = true) : ByteContent
{
    public override PositionUnit Unit => knowsLength ? PositionUnit.Byte : PositionUnit.DecodedByte;

    public override long? Length => knowsLength ? bytes.Length : null;

    public override int Read(long offset, Span<byte> buffer)
    {
        var length = (int)Math.Min(Math.Min(buffer.Length, most), Math.Max(0, bytes.Length - offset));
        bytes.AsSpan((int)Math.Min(offset, bytes.Length), length).CopyTo(buffer);
        return length;
    }
}
