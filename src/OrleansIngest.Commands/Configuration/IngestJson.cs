using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>How <c>ingest.json</c> is read: comments and trailing commas are fine, an unknown property is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowOutOfOrderMetadataProperties = true,
    WriteIndented = true,
    Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(IngestOptions))]
[JsonSerializable(typeof(IngestPart))]
sealed partial class IngestJson : JsonSerializerContext;
