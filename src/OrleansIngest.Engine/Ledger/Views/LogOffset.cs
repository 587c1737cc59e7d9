using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A position in the list of files.</summary>
/// <param name="Value">Number of a window.</param>
public sealed record LogOffset([property: JsonPropertyName("logOffset")] long Value);
