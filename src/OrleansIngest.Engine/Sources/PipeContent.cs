using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>The output of a pipe: each byte can be read once. Read it through a content that retains the last bytes.</summary>
/// <param name="pipe">Owned.</param>
sealed class PipeContent(Stream pipe) : ByteContent
{
    long _position;

    public override PositionUnit Unit => PositionUnit.DecodedByte;

    public override long? Length => null;

    public override long Window => 0;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset < _position) throw new IOException("a pipe cannot be read again");
        while (offset > _position)
        {
            var passed = pipe.Read(buffer[..(int)Math.Min(buffer.Length, offset - _position)]);
            if (passed == 0) return 0;
            _position += passed;
        }

        var read = pipe.Read(buffer);
        _position += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) pipe.Dispose();
        base.Dispose(disposing);
    }
}
