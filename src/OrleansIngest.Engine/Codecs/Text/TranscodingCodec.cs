using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Turns a text into UTF-8. Bytes that are not a valid character become <see cref="Mark"/>, which is not UTF-8, so that
/// the record they are in is rejected and never loaded with something else in their place. Restart points are where a character
/// starts.</summary>
/// <param name="encoding">Of the stored text.</param>
/// <param name="limits">Hold for any codec.</param>
sealed class TranscodingCodec(TextEncoding encoding, DecodeLimits limits) : StreamCodec(limits)
{
    /// <summary>Stands for what is not a character.</summary>
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
