using System.Text;
using System.Text.Json;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Explains why a text is not JSON by what stands in it, not in the words of the JSON library.</summary>
static class JsonSyntax
{
    const int LongestQuote = 40;

    /// <summary>The first error; null if the text is JSON with comments and trailing commas.</summary>
    public static JsonMistake? Find(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes, JsonPlace.Lenient);
        var open = new Stack<(char Bracket, int At)>();
        var (last, consumed) = (JsonTokenType.None, 0L);
        try
        {
            while (reader.Read())
            {
                (last, consumed) = (reader.TokenType, reader.BytesConsumed);
                if (last is JsonTokenType.EndObject or JsonTokenType.EndArray) open.Pop();
                else if (last is JsonTokenType.StartObject) open.Push(('{', Characters(reader.TokenStartIndex)));
                else if (last is JsonTokenType.StartArray) open.Push(('[', Characters(reader.TokenStartIndex)));
            }

            return null;
        }
        catch (JsonException)
        {
            var (at, message) = Explain(json, open, last, Characters(consumed));
            return new JsonMistake(JsonPlace.Of(json.AsSpan(0, at)), [], message);
        }

        int Characters(long offset) => Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)offset));
    }

    /// <summary>Explains what follows the last sound token.</summary>
    static (int At, string Message) Explain(string json, Stack<(char Bracket, int At)> open, JsonTokenType last, int consumed)
    {
        var at = JsonBlanks.Skip(json, consumed);
        if (last == JsonTokenType.None && at == json.Length)
            return (0, "the file is empty; the shortest configuration is {}");
        var needsComma = open.Count > 0 && last is not (JsonTokenType.PropertyName or JsonTokenType.StartObject
            or JsonTokenType.StartArray);
        if (needsComma && at < json.Length && json[at] == ',') (at, needsComma) = (JsonBlanks.Skip(json, at + 1), false);
        if (at == json.Length) return (at, Ended(json, open, last));
        if (json[at] == '"' && JsonQuotes.Problem(json, at) is { } problem) return problem;
        var found = Found(json, at);
        if (open.Count == 0 && last != JsonTokenType.None) return (at, $"nothing may follow the configuration, but {found} does");
        if (json[at] == '\'') return (at, "a name or text needs double quotes: \" instead of '");
        var (bracket, bracketAt) = open.Count == 0 ? default : open.Peek();
        if (json[at] is '}' or ']' && bracket != default && Closing(bracket) != json[at])
            return (at, $"{found} does not match the {bracket} of {Place(json, bracketAt)}");
        if (needsComma) return (at, $"expected a comma or {Closing(bracket)}, not {found}");
        if (open.Count == JsonPlace.MaxDepth && json[at] is '{' or '[')
            return (at, FormattableString.Invariant($"must not be nested more than {JsonPlace.MaxDepth} levels deep"));
        if (bracket != '{' || last == JsonTokenType.PropertyName)
            return IsNumeric(found) && at + found.Length == json.Length && open.Count > 0
                ? (json.Length, Ended(json, open, JsonTokenType.Number)) : (at, NoValue(last, found));
        if (json[at] != '"') return (at, $"expected a property's name in double quotes, not {found}");
        var next = JsonBlanks.Skip(json, JsonQuotes.End(json, at));
        return (next, $"expected a colon after {found}, not {(next < json.Length ? Found(json, next) : "the end of the file")}");
    }

    static string NoValue(JsonTokenType last, string found) =>
        last == JsonTokenType.None ? $"must begin with {{, not {found}"
        : char.IsLetter(found[0]) ? $"expected a value, not {found}; a text needs double quotes"
        : IsNumeric(found) ? $"{found} is not a number"
        : $"expected a value, not {found}";

    static string Ended(string json, Stack<(char Bracket, int At)> open, JsonTokenType last) =>
        open.Count == 0 ? "the file ends inside a comment; */ is missing"
        : last == JsonTokenType.PropertyName ? "the file ends where a value is expected"
        : $"the file ends before the {open.Peek().Bracket} of {Place(json, open.Peek().At)} is closed; "
            + $"{string.Concat(open.Select(o => Closing(o.Bracket)))} is missing";

    /// <summary>A string, a word, or a character.</summary>
    static string Found(string json, int at)
    {
        var end = at + 1;
        if (json[at] == '"') end = JsonQuotes.End(json, at);
        else while (IsOfWord(json[end - 1]) && end < json.Length && IsOfWord(json[end])) end++;
        return SafeText.Brief(json[at..end], LongestQuote);
    }

    static bool IsNumeric(string found) => char.IsDigit(found[0]) || found[0] is '-' or '+' or '.';

    static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '+' or '.';

    static char Closing(char bracket) => bracket == '{' ? '}' : ']';

    static string Place(string json, int at) => JsonPlace.Write(JsonPlace.Of(json.AsSpan(0, at)));
}

/// <summary>What the reader passes over.</summary>
static class JsonBlanks
{
    /// <summary>The position after blanks and comments.</summary>
    public static int Skip(string json, int at)
    {
        while (at < json.Length)
        {
            var rest = json.AsSpan(at);
            if (rest[0] is ' ' or '\t' or '\r' or '\n') at++;
            else if (rest.StartsWith("//")) at = After(rest, "\n");
            else if (rest.StartsWith("/*")) at = After(rest[2..], "*/");
            else break;
        }

        return at;

        int After(ReadOnlySpan<char> rest, string end) =>
            rest.IndexOf(end) is var index and >= 0 ? json.Length - rest.Length + index + end.Length : json.Length;
    }
}
