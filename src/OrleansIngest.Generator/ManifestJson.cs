using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Generator;

/// <summary>Serializes manifests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Manifest))]
sealed partial class ManifestJson : JsonSerializerContext;
