using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Sizes in JSON: a number of bytes, or what <see cref="SizeText"/> reads.</summary>
public sealed class SizeJsonConverter : JsonConverter<int>
{
    /// <inheritdoc/>
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        long bytes = 0;
        var known = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt64(out bytes),
            JsonTokenType.String => SizeText.TryParse(reader.GetString(), out bytes),
            _ => false,
        };
        if (!known)
            throw new JsonException($"must be {SizeText.Expected}");
        // Out-of-range values stay out of range for the checks that know each option's bounds.
        return (int)Math.Clamp(bytes, int.MinValue, int.MaxValue);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
        writer.WriteStringValue(SizeText.Format(value));
}
