using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>A quote or an escape in JSON: one character, or <c>"none"</c>; PostgreSQL's jsonb cannot store NUL.</summary>
sealed class SignJsonConverter : JsonConverter<char>
{
    const string None = "none";

    public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() switch
        {
            None => CsvOptions.NoQuote,
            [var sign] => sign,
            _ => throw new JsonException($"must be one character or \"{None}\""),
        };

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value == CsvOptions.NoQuote ? None : value.ToString());
}
