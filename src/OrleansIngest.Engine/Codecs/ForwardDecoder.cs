using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>Decodes stored bytes once, forward, from a point where decoding can start.</summary>
abstract class ForwardDecoder : IDisposable
{
    /// <summary>Decodes the next bytes.</summary>
    /// <param name="buffer">Receives them; not empty.</param>
    /// <returns>How many, at least 1; 0 only at the regular end.</returns>
    /// <exception cref="BrokenContentException">The stored bytes are truncated or damaged; the message says how, but not
    /// where.</exception>
    public abstract int Read(Span<byte> buffer);

    /// <summary>What was skipped after the last decoded byte, human-readable; null for nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>Releases its buffers.</summary>
    public abstract void Dispose();
}

/// <summary>A codec whose decoder only goes forward; <see cref="DecodedContent"/> adds random access.</summary>
/// <param name="limits">Limits of the decoded content.</param>
abstract class StreamCodec(DecodeLimits limits) : IContentCodec
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract bool Recognizes(ReadOnlySpan<byte> head);

    /// <summary>Starts a decoder.</summary>
    /// <param name="source">Positioned where decoding starts; not owned.</param>
    /// <param name="position">Number of decoded bytes before it.</param>
    /// <param name="points">Receives the points where decoding can start.</param>
    public abstract ForwardDecoder Start(StoredStream source, long position, RestartPoints points);

    /// <inheritdoc/>
    public ByteContent Open(ByteContent stored) => new DecodedContent(stored, this, limits);
}
