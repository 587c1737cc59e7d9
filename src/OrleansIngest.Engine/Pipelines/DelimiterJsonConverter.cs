using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A delimiter in JSON: one character, <c>"tab"</c>, or <c>"auto"</c> for null.</summary>
public sealed class DelimiterJsonConverter : JsonConverter<char?>
{
    /// <summary>What a message says about the form that is expected.</summary>
    public const string Expected = "one character, \"tab\" or \"auto\"";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override char? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            switch (reader.GetString())
            {
                case "auto": return null;
                case "tab": return '\t';
                case { Length: 1 } one: return one[0];
            }
        }

        throw new JsonException($"must be {Expected}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, char? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value switch { null => "auto", '\t' => "tab", { } one => one.ToString() });
}
