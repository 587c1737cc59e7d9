using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Pipelines as JSON: the form of <c>ingest.json</c> and of <c>ingest.pipeline.config</c>.
/// Comments and trailing commas are read; an unknown property is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowOutOfOrderMetadataProperties = true,
    WriteIndented = true,
    Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(PipelineOptions))]
[JsonSerializable(typeof(ExpectOptions))]
public sealed partial class PipelineJson : JsonSerializerContext
{
    /// <summary>The options as JSON, with every property.</summary>
    public static string Write(PipelineOptions options) => JsonSerializer.Serialize(options, Default.PipelineOptions);

    /// <summary>The options as JSON, without the properties that have their default: what a person would write.</summary>
    public static JsonObject WriteBrief(PipelineOptions options)
    {
        var defaults = JsonSerializer.SerializeToNode(new PipelineOptions(), Default.PipelineOptions)!.AsObject();
        var brief = JsonSerializer.SerializeToNode(options, Default.PipelineOptions)!.AsObject();
        RemoveEqual(brief, defaults);
        return brief;
    }

    static void RemoveEqual(JsonObject brief, JsonObject defaults)
    {
        foreach (var (name, standard) in defaults)
        {
            if (JsonNode.DeepEquals(brief[name], standard))
                brief.Remove(name);
            else if (brief[name] is JsonObject inner && standard is JsonObject { Count: > 0 } innerDefaults)
                RemoveEqual(inner, innerDefaults);
        }
    }

    /// <summary>The name of an enum value in JSON.</summary>
    internal static string NameOf<T>(T word) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(word.ToString());

    /// <summary>Reads what <see cref="Write"/> writes; nothing is validated.</summary>
    /// <exception cref="JsonException">Not JSON, an unknown property, or a value of the wrong kind.</exception>
    public static PipelineOptions Read(string json) =>
        JsonSerializer.Deserialize(json, Default.PipelineOptions) ?? throw new JsonException("must be an object");
}
