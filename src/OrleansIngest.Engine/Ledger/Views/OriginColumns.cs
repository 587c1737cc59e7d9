using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The columns of a table that store the origin of its rows.</summary>
/// <param name="FileId">Is filled with <c>{fileId}</c>; or null.</param>
/// <param name="Path">Is filled with <c>{path}</c>; or null.</param>
/// <param name="Line">Is filled with <c>{line}</c>; or null.</param>
/// <param name="Record">Is filled with <c>{record}</c>; or null.</param>
public sealed record OriginColumns(string? FileId, string? Path, string? Line, string? Record)
{
    /// <summary>Those that a pipeline's metadata fills.</summary>
    public static OriginColumns Of(PipelineOptions pipeline)
    {
        var columns = pipeline.Metadata.Select(m => (m.Key, MetadataTemplate.Parse(m.Value).Single)).ToLookup(m => m.Single,
            m => m.Key);
        return new OriginColumns(
            columns[MetadataVariable.FileId].FirstOrDefault(), columns[MetadataVariable.Path].FirstOrDefault(),
            columns[MetadataVariable.Line].FirstOrDefault(), columns[MetadataVariable.Record].FirstOrDefault());
    }
}
