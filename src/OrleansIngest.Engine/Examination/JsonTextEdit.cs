using System.Text;
using System.Text.Json;

namespace OrleansIngest.Engine.Examination;

/// <summary>Sets a value in a JSON text that people wrote: comments, order, line breaks and indentation stay.</summary>
static class JsonTextEdit
{
    static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The text with the value. Objects that are missing on the way are added, and replace values of other
    /// kinds.</summary>
    /// <param name="json">Valid JSON; comments and trailing commas are allowed.</param>
    /// <param name="path">Names of properties, and elements as <c>[0]</c>.</param>
    /// <param name="value">JSON, on one line.</param>
    /// <returns>Null if the path leads through an element that does not exist.</returns>
    public static string? Set(string json, ReadOnlySpan<string> path, string value)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(text, Lenient);
        if (!reader.Read()) return null;
        while (true)
        {
            var isElement = !path.IsEmpty && path[0].StartsWith('[') && reader.TokenType == JsonTokenType.StartArray;
            if (path.IsEmpty || !isElement && reader.TokenType != JsonTokenType.StartObject)
                return Replace(text, ref reader, Nested(path, value));
            if (isElement)
            {
                if (!Enter(ref reader, path[0])) return null;
            }
            else if (Find(ref reader, path[0]) is { } place)
            {
                return Insert(text, place, $"{Quoted(path[0])}: {Nested(path[1..], value)}");
            }

            path = path[1..];
        }
    }

    /// <summary>Moves to the value of a property.</summary>
    /// <returns>Null if it was found; else where its object ends.</returns>
    static ObjectEnd? Find(ref Utf8JsonReader reader, string name)
    {
        var end = new ObjectEnd((int)reader.BytesConsumed, -1, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt) return null;
            reader.Skip();
            end = new ObjectEnd((int)reader.BytesConsumed, start, 0);
        }

        return end with { Close = (int)reader.TokenStartIndex };
    }

    /// <summary>Moves to an element.</summary>
    static bool Enter(ref Utf8JsonReader reader, string step)
    {
        var left = int.Parse(step.AsSpan(1, step.Length - 2), System.Globalization.CultureInfo.InvariantCulture);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (left-- == 0) return true;
            reader.Skip();
        }

        return false;
    }

    static string Replace(byte[] text, ref Utf8JsonReader reader, string value)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(text.AsSpan(0, start)) + value
            + Encoding.UTF8.GetString(text.AsSpan((int)reader.BytesConsumed));
    }

    /// <summary>Adds a property at the end of an object: on a line of its own if the brace has one.</summary>
    static string Insert(byte[] text, ObjectEnd end, string property)
    {
        var rest = text.AsSpan(end.LastValue, end.Close - end.LastValue); // comma, comments, blanks
        var hasComma = HasComma(rest);
        var comma = end.LastName < 0 || hasComma ? "" : ",";
        var isOneLine = !rest.Contains((byte)'\n');
        var kept = rest.TrimEnd(isOneLine ? " \t"u8 : " \t\r\n"u8);
        string added;
        if (isOneLine)
        {
            added = $" {property}{(end.LastName < 0 && rest.IsEmpty ? " " : "")}";
        }
        else
        {
            var indent = (end.LastName < 0 ? null : Indent(text, end.LastName)) ?? Indent(text, end.Close) + "  ";
            added = (rest.Contains((byte)'\r') ? "\r\n" : "\n") + indent + property + (hasComma ? "," : "");
        }

        var encoding = Encoding.UTF8;
        return encoding.GetString(text.AsSpan(0, end.LastValue)) + comma + encoding.GetString(kept) + added
            + encoding.GetString(text.AsSpan(end.LastValue + kept.Length));
    }

    /// <summary>The blanks before a position; null if something else is before it on its line.</summary>
    static string? Indent(byte[] text, int position)
    {
        var line = text.AsSpan(0, position);
        line = line[(line.LastIndexOf((byte)'\n') + 1)..];
        return line.Trim(" \t"u8).IsEmpty ? Encoding.UTF8.GetString(line) : null;
    }

    /// <summary>Whether a comma follows, outside comments.</summary>
    static bool HasComma(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (rest[0] == ',') return true;
            var skip = 1;
            if (rest.StartsWith("//"u8))
                skip = rest.IndexOf((byte)'\n') is var end and >= 0 ? end + 1 : rest.Length;
            else if (rest.StartsWith("/*"u8))
                skip = rest.IndexOf("*/"u8) + 2;
            rest = rest[skip..];
        }

        return false;
    }

    static string Nested(ReadOnlySpan<string> path, string value)
    {
        for (var i = path.Length - 1; i >= 0; i--) value = $"{{ {Quoted(path[i])}: {value} }}";
        return value;
    }

    static string Quoted(string name) => $"\"{JsonEncodedText.Encode(name)}\"";

    /// <summary>The end of an object.</summary>
    /// <param name="LastValue">Where its last value ends; of an empty one, after its brace.</param>
    /// <param name="LastName">Where its last name begins; -1 for none.</param>
    /// <param name="Close">Where its closing brace is.</param>
    readonly record struct ObjectEnd(int LastValue, int LastName, int Close);
}
