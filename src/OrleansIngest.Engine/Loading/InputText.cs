using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Loading;

/// <summary>Chooses how a text is decoded: per field if the pipeline specifies a single-byte encoding, otherwise by transcoding
/// all of it.</summary>
static class InputText
{
    /// <summary>A format whose fields are decoded one by one, if the pipeline specifies a single-byte encoding: rejects then
    /// keep the stored bytes, and are replayed in the same way. Otherwise, and if positions are rows (not text), the format
    /// itself.</summary>
    public static IRecordFormat PerField(IRecordFormat format, PipelineOptions options) =>
        options.Encoding != "auto" && format.UnitOver(PositionUnit.Byte) == PositionUnit.Byte
            && TextEncoding.Find(options.Encoding) is { Kind: EncodingKind.SingleByte } encoding
            ? new EncodedFormat(format, encoding, perField: true, note: null)
            : format;

    /// <summary>Adds a decoder between content and format if needed.</summary>
    /// <param name="content">The decoded bytes.</param>
    /// <param name="head">The first of them, if no more are available; null for as many as detection needs.</param>
    /// <param name="options">May specify the encoding.</param>
    /// <param name="limits">Limits of transcoded content.</param>
    /// <returns>Both, and why the text cannot be read; null if it can.</returns>
    public static (ByteContent Content, IRecordFormat Format, string? Refusal) Choose(
        ByteContent content, byte[]? head, PipelineOptions options, DecodeLimits limits)
    {
        var isTold = options.Encoding != "auto";
        var found = isTold ? new FoundEncoding(TextEncoding.Find(options.Encoding), null)
            : head is null ? EncodingGuess.Of(content) : EncodingGuess.Of(head);
        var shown = head is null ? content : new MemoryContent(head);
        if (found.Encoding is not { } encoding) return (content, InputFormats.Text(options, shown), found.Note);
        if (encoding.Kind == EncodingKind.Utf8) return (content, InputFormats.Text(options, shown), null);
        if (isTold && encoding.Kind == EncodingKind.SingleByte)
            return (content, PerField(InputFormats.Text(options, shown), options), null);
        var text = new TranscodingCodec(encoding, limits).Open(content);
        var format = InputFormats.Text(options, head is null ? text : shown);
        return (text, new EncodedFormat(format, encoding, perField: false, found.Note), null);
    }
}
