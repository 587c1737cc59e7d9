using System.Text.Json.Serialization;

namespace OrleansIngest.Cli.Commands;

/// <summary>The results that commands print with <c>--json</c>; each command adds its own record here.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GenerateResult))]
[JsonSerializable(typeof(MigrateResult))]
[JsonSerializable(typeof(LoadSummary))]
sealed partial class ResultJson : JsonSerializerContext;
