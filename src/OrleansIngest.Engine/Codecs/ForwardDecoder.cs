using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>Decodes stored bytes once, forward, from a place where that can start.</summary>
abstract class ForwardDecoder : IDisposable
{
    /// <summary>Decodes the next bytes.</summary>
    /// <param name="buffer">Receives them; not empty.</param>
    /// <returns>How many, at least 1; 0 only at the sound end.</returns>
    /// <exception cref="BrokenContentException">The stored bytes are cut off or damaged; the message says how, without saying
    /// where.</exception>
    public abstract int Read(Span<byte> buffer);

    /// <summary>What was skipped after the last decoded byte, human-readable; null for nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>Releases its buffers.</summary>
    public abstract void Dispose();
}

/// <summary>A codec whose decoder goes forward; random access is made of it by <see cref="DecodedContent"/>.</summary>
/// <param name="limits">Limits of the decoded content.</param>
abstract class StreamCodec(DecodeLimits limits) : IContentCodec
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Starts a decoder.</summary>
    /// <param name="source">Stands where decoding starts; not owned.</param>
    /// <param name="position">How many decoded bytes come before.</param>
    /// <param name="points">Takes the places found where decoding can start.</param>
    public abstract ForwardDecoder Start(StoredStream source, long position, RestartPoints points);

    /// <inheritdoc/>
    public ByteContent Open(ByteContent stored) => new DecodedContent(stored, this, limits);
}
