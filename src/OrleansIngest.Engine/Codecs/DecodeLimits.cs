namespace OrleansIngest.Engine.Codecs;

/// <summary>How much stored bytes may decode to, and how much of it is kept.</summary>
sealed record DecodeLimits
{
    /// <summary>The standard limits.</summary>
    public static DecodeLimits Standard { get; } = new();

    /// <summary>Decoded bytes that a bomb must have passed before its ratio counts: below that it does no harm. 64 MiB.</summary>
    public const long RatioCountsAfter = 64L << 20;

    /// <summary>The most decoded bytes per stored byte. From 1. Default: 200.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>The most decoded bytes. Default: 1 TiB.</summary>
    public long MaxBytes { get; init; } = 1L << 40;

    /// <summary>Decoded bytes that stay readable behind the furthest byte that was read. Default: 8 MiB.</summary>
    public int WindowBytes { get; init; } = 8 << 20;

    /// <summary>Bytes decoded ahead of the reader, on another thread; 0 for none. Default: 1 MiB.</summary>
    public int AheadBytes { get; init; } = 1 << 20;

    /// <summary>The most memory that one open content takes, in bytes, besides its decoder's own.</summary>
    public long MostMemory => WindowBytes + AheadBytes + 2 * DecodedContent.ChunkBytes + StoredStream.BufferBytes;
}
