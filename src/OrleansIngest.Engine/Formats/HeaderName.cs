using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Names of a header, for comparison and for display. Invisible characters (zero-width spaces, byte order marks, soft
/// hyphens, bidirectional marks, control characters) are ignored in comparisons, and are escaped in messages.</summary>
static class HeaderName
{
    /// <summary>The name without surrounding spaces, invisible characters and hidden quotes.</summary>
    public static string Clean(string raw)
    {
        var trimmed = Trim(raw);
        // A mark in front of a quote hides it from the CSV reader.
        return trimmed is ['"', _, .., '"'] ? Trim(trimmed[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)) : trimmed;
    }

    /// <summary>The key for comparing names: ignores case, invisible characters and the kind of spaces.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var rune in Visible(name).EnumerateRunes()) key.Append(Rune.ToUpperInvariant(rune).ToString());
        return key.ToString();
    }

    /// <summary>The name without invisible characters; any white space between words becomes one space.</summary>
    public static string Visible(string name)
    {
        var visible = new StringBuilder(name.Length);
        foreach (var rune in Clean(name).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (visible.Length > 0 && visible[^1] != ' ') visible.Append(' ');
            }
            else if (!IsInvisible(rune))
            {
                visible.Append(rune.ToString());
            }
        }

        return visible.ToString();
    }

    /// <summary>The name for a message, on one line: invisible characters as <c>\u200B</c>.</summary>
    public static string Shown(string raw)
    {
        var shown = new StringBuilder(raw.Length);
        foreach (var rune in raw.Trim(' ', '\t').EnumerateRunes())
        {
            if (rune.Value == ' ' || !(IsInvisible(rune) || Rune.IsWhiteSpace(rune))) shown.Append(rune.ToString());
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }

        return shown.ToString();
    }

    static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsBlank(text[start])) start++;
        while (end > start && IsBlank(text[end - 1])) end--;
        return text[start..end];
    }

    static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || (!char.IsSurrogate(letter) && IsInvisible(new Rune(letter)));

    static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
