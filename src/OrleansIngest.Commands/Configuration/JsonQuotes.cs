using System.Buffers;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Strings of a text.</summary>
static class JsonQuotes
{
    const string Escapes = "\"\\/bfnrt";
    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The position after a string; the end of the text if it has no closing quote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="at">Of the opening quote.</param>
    public static int End(string json, int at)
    {
        for (at++; at < json.Length && json[at] != '"'; at++)
        {
            if (json[at] == '\\') at++;
        }

        return Math.Min(at + 1, json.Length);
    }

    /// <summary>What is wrong inside a string; null if nothing is.</summary>
    /// <param name="json">The text.</param>
    /// <param name="start">Of the opening quote.</param>
    public static (int At, string Message)? Problem(string json, int start)
    {
        for (var at = start + 1; at < json.Length && json[at] != '\n' && json[at] != '\r'; at++)
        {
            if (json[at] == '"') return null;
            if (json[at] == '\t') return (at, "a text must not contain a tab: write \\t");
            if (json[at] < ' ')
                return (at, FormattableString.Invariant(
                    $"a text must not contain a control character: write \\u{(int)json[at]:x4}"));
            if (json[at] != '\\' || ++at == json.Length) continue;
            if (json[at] == 'u' && at + 4 < json.Length && json.AsSpan(at + 1, 4).IndexOfAnyExcept(Hex) < 0) at += 4;
            else if (!Escapes.Contains(json[at], StringComparison.Ordinal))
                return (at - 1, $"\\{SafeText.Of(json[at..(at + 1)])} is not an escape: write \\\\ for a backslash");
        }

        return (start, "this text has no closing quote on its line");
    }

}
