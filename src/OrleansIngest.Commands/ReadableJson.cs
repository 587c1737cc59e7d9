using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace OrleansIngest.Commands;

/// <summary>JSON that commands print: letters and quotes as they are. The standard's <c>\u0027</c> and <c>\u00E9</c> are for
/// HTML, into which a terminal puts nothing; control characters stay escaped.</summary>
static class ReadableJson
{
    static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonWriterOptions Indented = Line with { Indented = true };

    /// <summary>A result, on one line.</summary>
    public static string Of<T>(T value, JsonTypeInfo<T> type) =>
        Written(Line, writer => JsonSerializer.Serialize(writer, value, type));

    /// <summary>A text that is composed of nodes.</summary>
    public static string Of(JsonNode node, bool isIndented = false) =>
        Written(isIndented ? Indented : Line, writer => node.WriteTo(writer));

    static string Written(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
