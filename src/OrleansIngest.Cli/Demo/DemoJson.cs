using System.Text.Json.Serialization;

namespace OrleansIngest.Cli.Demo;

/// <summary>What <c>demo --json</c> prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoSummary))]
sealed partial class DemoJson : JsonSerializerContext;
