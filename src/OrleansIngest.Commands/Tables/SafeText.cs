using System.Globalization;
using System.Text;

namespace OrleansIngest.Commands.Tables;

/// <summary>Text of strangers (file names, records) on a terminal: characters that would move the cursor, ring, or turn other
/// text around are written out.</summary>
static class SafeText
{
    /// <summary>The text on one line, with such characters as <c>\u001B</c>.</summary>
    public static string Of(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).ToArray());
        if (first < 0) return text;
        var safe = new StringBuilder(text.Length + 16).Append(text, 0, first);
        foreach (var character in text.AsSpan(first))
        {
            if (IsHarmless(character)) safe.Append(character);
            else if (character == '\n') safe.Append("\\n");
            else if (character == '\t') safe.Append("\\t");
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return safe.ToString();
    }

    /// <summary>The beginning of a long text.</summary>
    public static string Brief(string text, int characters)
    {
        var safe = Of(text.Length > characters ? text[..characters] : text);
        return text.Length > characters ? safe + "…" : safe;
    }

    static bool IsHarmless(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse);
}
