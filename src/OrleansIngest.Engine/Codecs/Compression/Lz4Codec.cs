using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>LZ4 in its frame format (files of <c>lz4</c>), with one frame or many. A restart point is the start of a
/// frame.</summary>
sealed class Lz4Codec(DecodeLimits limits) : StreamCodec(limits)
{
    /// <inheritdoc/>
    public override string Name => "lz4";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) =>
        head is [0x04, 0x22, 0x4D, 0x18, ..] or [0x02, 0x21, 0x4C, 0x18, ..];

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) =>
        new Lz4Decoder(source, position, points);
}
