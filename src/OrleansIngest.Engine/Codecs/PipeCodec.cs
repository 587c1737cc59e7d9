using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>Passes bytes through, with the window of a codec: so content that can be read once can be inspected, and its last
/// bytes read again.</summary>
sealed class PipeCodec() : StreamCodec(new DecodeLimits { AheadBytes = 0, MaxBytes = long.MaxValue, MaxRatio = int.MaxValue })
{
    /// <inheritdoc/>
    public override string Name => "pipe";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) => false;

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) => new Decoder(source);

    sealed class Decoder(StoredStream source) : ForwardDecoder
    {
        public override int Read(Span<byte> buffer) => source.Read(buffer);

        public override void Dispose() { }
    }
}
