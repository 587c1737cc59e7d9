using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>Archive compression in JSON: <c>none</c> (or <c>false</c>), <c>gzip</c> (or <c>true</c>).</summary>
public sealed class ArchiveCompressionJsonConverter : JsonConverter<ArchiveCompression>
{
    /// <inheritdoc/>
    public override ArchiveCompression Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.True => ArchiveCompression.Gzip,
            JsonTokenType.False => ArchiveCompression.None,
            JsonTokenType.String when reader.GetString() == "gzip" => ArchiveCompression.Gzip,
            JsonTokenType.String when reader.GetString() == "none" => ArchiveCompression.None,
            _ => throw new JsonException("must be true, none or gzip"),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ArchiveCompression value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value == ArchiveCompression.Gzip ? "gzip" : "none");
}
