using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>The compression of the archive in JSON: <c>none</c>, <c>gzip</c>; <c>true</c> is
/// gzip, and <c>false</c> none.</summary>
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
