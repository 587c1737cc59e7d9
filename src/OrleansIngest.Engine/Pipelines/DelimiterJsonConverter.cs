using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A delimiter in JSON: 1 to 8 characters, <c>"tab"</c>, or <c>"auto"</c> for null.</summary>
public sealed class DelimiterJsonConverter : JsonConverter<string?>
{
    /// <summary>The expected form, for messages.</summary>
    public const string Expected = "1 to 8 characters, \"tab\" or \"auto\"";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && Parse(reader.GetString()!, out var delimiter)) return delimiter;
        throw new JsonException($"must be {Expected}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));

    /// <summary>Parses the readable form of a delimiter.</summary>
    public static bool Parse(string text, out string? delimiter)
    {
        delimiter = text switch { "auto" => null, "tab" or "\\t" => "\t", _ => text };
        return delimiter is null or { Length: > 0 and <= CsvOptions.LongestSign };
    }

    /// <summary>The readable form of a delimiter.</summary>
    public static string Format(string? delimiter) => delimiter switch { null => "auto", "\t" => "tab", _ => delimiter };
}
