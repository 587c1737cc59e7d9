using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Durations in JSON as <see cref="DurationText"/> writes them.</summary>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var zero) && zero == 0)
            return TimeSpan.Zero;
        if (reader.TokenType == JsonTokenType.String && DurationText.TryParse(reader.GetString(), out var duration))
            return duration;
        throw new JsonException($"must be {DurationText.Expected}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
