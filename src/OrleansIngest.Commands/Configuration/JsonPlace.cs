using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Finds the position of a property in a text.</summary>
static class JsonPlace
{
    /// <summary>The reader's limit.</summary>
    public const int MaxDepth = 64;

    /// <summary>Comments and trailing commas are fine.</summary>
    public static readonly JsonReaderOptions Lenient = new()
    { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    /// <summary>The line and the column, from 1, of the property or element that a path leads to; of the nearest one around it
    /// when it is not written.</summary>
    /// <param name="json">Valid JSON with comments and trailing commas.</param>
    /// <param name="path">Such as <c>pipelines[0].rules[2].minimum</c>.</param>
    public static (int Line, int Column) Find(string json, string path) =>
        Find(json, JsonPath.Parse("$." + path));

    /// <summary>The same, for steps (<see cref="JsonPath.Parse"/>).</summary>
    public static (int Line, int Column) Find(string json, IReadOnlyList<string> steps)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes, Lenient);
        if (!reader.Read()) return (1, 1);
        Enter(ref reader, steps, out var at);
        return Of(Encoding.UTF8.GetString(bytes.AsSpan(0, (int)at)));
    }

    /// <summary>The line and the column, from 1, of what follows a text.</summary>
    public static (int Line, int Column) Of(ReadOnlySpan<char> before) =>
        (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));

    /// <summary><c>line 4, column 18</c></summary>
    public static string Write((int Line, int Column) place) =>
        FormattableString.Invariant($"line {place.Line}, column {place.Column}");

    /// <summary>Steps from a value into it.</summary>
    /// <param name="reader">At the value; at the reached one afterwards, if there is one.</param>
    /// <param name="steps">From the value.</param>
    /// <param name="at">Where the reached value, or the nearest one around it, begins, with its name if it has one.</param>
    /// <returns>Whether all steps lead somewhere.</returns>
    public static bool Enter(ref Utf8JsonReader reader, IReadOnlyList<string> steps, out long at)
    {
        at = reader.TokenStartIndex;
        foreach (var step in steps)
        {
            if (Enter(ref reader, step) is not { } next) return false;
            at = next;
        }

        return true;
    }

    /// <summary>Steps from a value to one inside it.</summary>
    /// <returns>Where that begins, with its name if it has one; null if there is none.</returns>
    static long? Enter(ref Utf8JsonReader reader, string step)
    {
        if (reader.TokenType == JsonTokenType.StartArray && step.StartsWith('['))
        {
            var index = int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);
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
