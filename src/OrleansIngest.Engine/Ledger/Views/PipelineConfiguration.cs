using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A pipeline's configuration as last reported by a silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">As in <c>ingest.json</c>, with all options and masked secrets.</param>
/// <param name="UpdatedAt">When it last changed, or an operator last gave an order.</param>
public sealed record PipelineConfiguration(string Name, JsonElement Config, DateTimeOffset UpdatedAt);
