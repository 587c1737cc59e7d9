using System.Text.Json;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A pipeline's configuration in <c>ingest.pipeline</c>, as recorded by the last program that ran it.</summary>
static class NotedPipeline
{
    /// <summary>Parses a configuration.</summary>
    /// <param name="config">JSON; null for none.</param>
    /// <returns>Null for none, and for one that a newer release wrote and this one cannot read.</returns>
    public static PipelineOptions? Of(string? config)
    {
        try
        {
            return config is null ? null : PipelineJson.Read(config);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
