using System.Text.Json;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Api;

/// <summary>The configuration of this program and of the pipelines; secrets are masked.</summary>
/// <param name="Pipelines">As silos last had them.</param>
/// <param name="Options">Of this process.</param>
/// <param name="Database">The ledger's.</param>
public sealed record Configuration(
    IReadOnlyList<PipelineConfiguration> Pipelines, IReadOnlyDictionary<string, string> Options, ConfigurationDatabase Database)
{
    static readonly JsonElement StandardOptions = JsonDocument.Parse(PipelineJson.Write(new PipelineOptions())).RootElement;

    /// <summary>Defaults of a pipeline's properties, in the order of the documentation.</summary>
    public JsonElement Defaults { get; } = StandardOptions;

    /// <summary>What each silo runs, and what it thinks of the configuration as it stands now.</summary>
    public IReadOnlyList<NodeConfiguration> Nodes { get; init; } = [];
}
