namespace OrleansIngest.Engine.Codecs;

/// <summary>Limits on decoded bytes, and how many of them are retained.</summary>
sealed record DecodeLimits
{
    /// <summary>The standard limits.</summary>
    public static DecodeLimits Standard { get; } = new();

    /// <summary>Decoded bytes after which the ratio counts: below that a decompression bomb does no harm. 64 MiB.</summary>
    public const long RatioCountsAfter = 64L << 20;

    /// <summary>Maximum number of decoded bytes per stored byte. From 1. Default: 200.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Maximum number of decoded bytes. Default: 1 TiB.</summary>
    public long MaxBytes { get; init; } = 1L << 40;

    /// <summary>Decoded bytes that stay readable before the furthest byte read. Default: 8 MiB.</summary>
    public int WindowBytes { get; init; } = 8 << 20;

    /// <summary>Bytes decoded ahead of the reader, on another thread; 0 for none. Default: 1 MiB.</summary>
    public int AheadBytes { get; init; } = 1 << 20;

    /// <summary>Maximum memory of one open content, in bytes, without its decoder's own.</summary>
    public long MostMemory => WindowBytes + AheadBytes + 2 * DecodedContent.ChunkBytes + StoredStream.BufferBytes;
}
