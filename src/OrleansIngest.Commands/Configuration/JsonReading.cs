using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Reads a text with all its mistakes. The library's reader stops at the first one, so that it is taken out of the text
/// and the rest is read again.</summary>
static class JsonReading
{
    const int MostMistakes = 100;

    static readonly JsonDocumentOptions Lenient = new()
    { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonPlace.MaxDepth };

    /// <summary>The value, without what is wrong in it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="type">The expected type.</param>
    /// <param name="mistakes">Receives what is wrong.</param>
    /// <returns>Null if nothing can be read; there is a mistake then.</returns>
    public static T? Read<T>(string json, JsonTypeInfo<T> type, List<JsonMistake> mistakes) where T : class
    {
        if (JsonSyntax.Find(json) is { } syntax)
        {
            mistakes.Add(syntax);
            return null;
        }

        using var document = JsonDocument.Parse(json, Lenient);
        mistakes.AddRange(JsonGaps.Find(json, document.RootElement, type));
        var rest = Encoding.UTF8.GetBytes(json);
        foreach (var gap in mistakes) rest = Without(rest, gap) ?? rest;
        for (var i = 0; i < MostMistakes; i++)
        {
            try
            {
                return JsonSerializer.Deserialize(rest, type) ?? throw new JsonException();
            }
            catch (JsonException exception)
            {
                var mistake = JsonProblem.Describe(JsonPath.Parse(exception.Path ?? "$"), json, document.RootElement, type);
                mistakes.Add(mistake);
                if (Without(rest, mistake) is not { } shorter) return null;
                rest = shorter;
            }
        }

        return null;
    }

    static byte[]? Without(byte[] json, JsonMistake mistake) =>
        JsonCut.Without(json, mistake.Steps, Encoding.UTF8.GetBytes(mistake.Substitute));
}
