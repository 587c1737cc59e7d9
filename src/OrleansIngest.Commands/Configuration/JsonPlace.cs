using System.Text;
using System.Text.Json;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Finds the position of a property in a text.</summary>
static class JsonPlace
{
    /// <summary>The line and the column, from 1, of the property or element that a path leads to; of the nearest one around it
    /// when it is not written.</summary>
    /// <param name="json">Valid JSON with comments and trailing commas.</param>
    /// <param name="path">Such as <c>pipelines[0].rules[2].minimum</c>.</param>
    public static (int Line, int Column) Find(string json, string path)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var found = 0L;
        if (reader.Read())
        {
            found = reader.TokenStartIndex;
            foreach (var step in JsonPath.Parse("$." + path))
            {
                if (Enter(ref reader, step) is not { } at) break;
                found = at;
            }
        }

        var before = Encoding.UTF8.GetString(bytes.AsSpan(0, (int)found));
        var line = before.Count(c => c == '\n') + 1;
        return (line, before.Length - before.LastIndexOf('\n'));
    }

    /// <summary>Steps from a value to one inside it.</summary>
    /// <returns>Where that begins, with its name if it has one; null if there is none.</returns>
    static long? Enter(ref Utf8JsonReader reader, string step)
    {
        if (reader.TokenType == JsonTokenType.StartArray && step.StartsWith('['))
        {
            var index = int.Parse(step.AsSpan(1, step.Length - 2), System.Globalization.CultureInfo.InvariantCulture);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (index-- == 0) return reader.TokenStartIndex;
                reader.Skip();
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var at = reader.TokenStartIndex;
                var isIt = reader.ValueTextEquals(step);
                reader.Read();
                if (isIt) return at;
                reader.Skip();
            }
        }

        return null;
    }
}
