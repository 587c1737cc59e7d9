namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>Zstandard (RFC 8878), with one frame or many; skippable frames are skipped. A restart point is the start of a
/// frame.</summary>
/// <remarks>Memory of a decoder: the frame's window, 8 MiB up to level 19, at most 128 MiB (<c>--ultra</c>,
/// <c>--long</c>).</remarks>
sealed class ZstdCodec(DecodeLimits limits) : StreamCodec(limits)
{
    /// <inheritdoc/>
    public override string Name => "zstd";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) =>
        head is [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..];

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) =>
        new ZstdDecoder(source, position, points);
}
