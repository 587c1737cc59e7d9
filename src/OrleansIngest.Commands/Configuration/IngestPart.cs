using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The content of a file in <c>ingest.d</c>: more pipelines.</summary>
public sealed class IngestPart
{
    /// <summary>Where editors find the schema; not used by the program. Default: null.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The pipelines that it adds. Default: none.</summary>
    public IReadOnlyList<PipelineOptions> Pipelines { get; set; } = [];
}
