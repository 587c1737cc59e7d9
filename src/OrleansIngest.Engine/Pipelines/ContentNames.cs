namespace OrleansIngest.Engine.Pipelines;

/// <summary>The values of <see cref="PipelineOptions.Encoding"/> and <see cref="PipelineOptions.Compression"/>, for lists of
/// them.</summary>
public static class ContentNames
{
    /// <summary>Encodings, and <c>auto</c>.</summary>
    public static IReadOnlyList<string> Encodings => ["auto", "utf-16", .. TextEncoding.OneName];

    /// <summary>Compressions, with <c>auto</c> and <c>none</c>.</summary>
    public static IReadOnlyList<string> Compressions => CompressionKinds.Names;
}
