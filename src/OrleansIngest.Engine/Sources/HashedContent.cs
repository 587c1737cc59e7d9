using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Sources;

/// <summary>Stored content whose bytes are hashed as they are read. Owns neither the content nor the hash.</summary>
sealed class HashedContent(ByteContent stored, ContentHash hash) : ByteContent
{
    public override PositionUnit Unit => stored.Unit;

    public override long? Length => stored.Length;

    public override long Window => stored.Window;

    public override int Read(long offset, Span<byte> buffer)
    {
        var read = stored.Read(offset, buffer);
        hash.Append(offset, buffer[..read]);
        return read;
    }

    /// <summary>Skipped bytes are part of the hash; otherwise they would have to be read again at the end.</summary>
    public override void Skip(long from, long to)
    {
        if (hash.UpTo >= from && hash.UpTo < to) hash.ReadTo(stored, to);
    }
}
