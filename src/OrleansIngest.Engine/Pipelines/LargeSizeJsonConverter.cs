using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Sizes in JSON that may be larger than 2 GiB: a number of bytes, or what <see cref="SizeText"/> reads.</summary>
public sealed class LargeSizeJsonConverter : JsonConverter<long>
{
    /// <inheritdoc/>
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
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
        return bytes;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteStringValue(SizeText.Format(value));
}
