namespace OrleansIngest.Engine.Pipelines;

/// <summary>What <see cref="PipelineOptions.Compression"/> may be.</summary>
static class CompressionKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "none", "gzip", "zstd", "lz4", "br"];
}
