using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Sizes in JSON: a number of bytes, or a text that <see cref="SizeText"/> reads.</summary>
public sealed class SizeJsonConverter : JsonConverter<int>
{
    /// <inheritdoc/>
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // Out-of-range values stay out of range for the checks that know each option's bounds.
        (int)Math.Clamp(SizeText.Read(ref reader), int.MinValue, int.MaxValue);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
        writer.WriteStringValue(SizeText.Format(value));
}
