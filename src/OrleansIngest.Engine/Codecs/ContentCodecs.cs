using OrleansIngest.Engine.Codecs.Compression;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs;

/// <summary>The codecs for compressed content, and the choice among them: by the content's first bytes, never by its name. The
/// exception is brotli, which has no magic number.</summary>
sealed class ContentCodecs
{
    /// <summary>Bytes needed to recognize a content: a tar header, the longest of all signatures.</summary>
    public const int HeadBytes = 512;

    /// <summary>How many times content may be compressed: by its producer, and again by a transport.</summary>
    const int MostLayers = 2;

    readonly string _wanted;
    readonly StreamCodec[] _codecs;

    /// <param name="options">Determine whether content is decoded, and its limits.</param>
    public ContentCodecs(PipelineOptions options)
    {
        _wanted = options.Compression;
        Limits = LimitsOf(options);
        _codecs = [new GzipCodec(Limits), new ZstdCodec(Limits), new Lz4Codec(Limits), new BrotliCodec(Limits)];
    }

    /// <summary>The limits of decoded content.</summary>
    public DecodeLimits Limits { get; }

    /// <summary>The first bytes of a content.</summary>
    public static byte[] HeadOf(ByteContent content)
    {
        var head = new byte[HeadBytes];
        var length = 0;
        for (int read; length < head.Length && (read = content.Read(length, head.AsSpan(length))) > 0;) length += read;
        return head[..length];
    }

    /// <summary>The decompressed content; the content itself if it is not compressed.</summary>
    /// <param name="content">Owned by the result, if that is a different object.</param>
    /// <param name="path">Its name, which matters for brotli only.</param>
    /// <exception cref="BrokenContentException">It is not compressed as configured, or has too many layers of
    /// compression.</exception>
    public ByteContent Decode(ByteContent content, string path)
    {
        if (_wanted == "none") return content;
        for (var layer = 0; ; layer++)
        {
            var head = HeadOf(content);
            if ((layer == 0 ? Wanted(head, path) : Recognized(head)) is not { } codec) return content;
            if (layer == MostLayers)
                throw new BrokenContentException(
                    $"the content has more than {MostLayers} layers of compression: decompress it first");
            content = codec.Open(content);
        }
    }

    StreamCodec? Wanted(byte[] head, string path)
    {
        if (_wanted == "auto")
            return Recognized(head)
                ?? (path.EndsWith(".br", StringComparison.OrdinalIgnoreCase) ? _codecs.Single(c => c is BrotliCodec) : null);
        if (_wanted == "br") return _codecs.Single(c => c is BrotliCodec);
        var codec = _codecs.Single(c => c.Name == _wanted);
        return codec.Recognizes(head) || head.Length == 0
            ? codec
            : throw new BrokenContentException(
                    $"the file is not compressed with {_wanted}, as the pipeline requires (compression: {_wanted}); "
                    + $"set compression: auto to detect the compression of each file");
    }

    StreamCodec? Recognized(byte[] head) => Array.Find(_codecs, codec => codec.Recognizes(head));

    /// <summary>Records that are longer than the standard window need a larger one; otherwise each would be decoded from the
    /// beginning.</summary>
    static DecodeLimits LimitsOf(PipelineOptions options) =>
        new() { MaxRatio = options.MaxDecodedRatio, MaxBytes = options.MaxDecodedBytes };
}
