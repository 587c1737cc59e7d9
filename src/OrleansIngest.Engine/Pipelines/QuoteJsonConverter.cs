using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A quote in JSON: one character, or <c>"none"</c> for <see cref="CsvOptions.NoQuote"/>; null for the
/// default.</summary>
public sealed class QuoteJsonConverter : JsonConverter<char?>
{
    /// <summary>The expected form, for messages.</summary>
    public const string Expected = "one character or \"none\"";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override char? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String)
        {
            switch (reader.GetString())
            {
                case "none": return CsvOptions.NoQuote;
                case { Length: 1 } one: return one[0];
            }
        }

        throw new JsonException($"must be {Expected}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, char? value, JsonSerializerOptions options)
    {
        if (value is null) writer.WriteNullValue();
        else writer.WriteStringValue(value == CsvOptions.NoQuote ? "none" : value.ToString());
    }
}
