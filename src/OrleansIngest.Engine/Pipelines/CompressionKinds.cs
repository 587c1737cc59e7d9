namespace OrleansIngest.Engine.Pipelines;

/// <summary>The allowed values of <see cref="PipelineOptions.Compression"/>.</summary>
static class CompressionKinds
{
    public static IReadOnlyList<string> Names { get; } = ["auto", "none", "gzip", "zstd", "lz4", "br"];
}
