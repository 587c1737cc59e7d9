namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>gzip (RFC 1952), with one member or many; bgzip is gzip with many small ones. A restart point is the start of a
/// member.</summary>
sealed class GzipCodec(DecodeLimits limits) : StreamCodec(limits)
{
    /// <inheritdoc/>
    public override string Name => "gzip";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, 8, ..];

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) =>
        new GzipDecoder(source, position, points);
}
