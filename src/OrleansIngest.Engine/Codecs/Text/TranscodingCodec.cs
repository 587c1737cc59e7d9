using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Converts a text to UTF-8. Bytes that are not a valid character become <see cref="Mark"/>, which is not UTF-8, so that
/// their record is rejected and never loaded with a replacement. Restart points are where a character starts.</summary>
/// <param name="encoding">Of the stored text.</param>
/// <param name="limits">As for any codec.</param>
sealed class TranscodingCodec(TextEncoding encoding, DecodeLimits limits) : StreamCodec(limits)
{
    /// <summary>Replaces bytes that are not a character.</summary>
    public const byte Mark = 0xFF;

    /// <inheritdoc/>
    public override string Name => encoding.Name;

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head) => false;

    /// <inheritdoc/>
    public override ForwardDecoder Start(StoredStream source, long position, RestartPoints points) =>
        encoding.Kind == EncodingKind.Wide
        ? new WideTextDecoder(source, encoding, position, points)
        : new CodePageDecoder(source, encoding, position, points);
}
