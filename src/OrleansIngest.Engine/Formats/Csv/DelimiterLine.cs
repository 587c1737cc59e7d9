using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>A first line such as <c>sep=;</c>, which declares the delimiter to spreadsheets and is not a record.</summary>
static class DelimiterLine
{
    const int LongestLine = 64;

    /// <summary>The delimiter that a line declares; null for any other line.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="start">The line's start.</param>
    public static string? Read(ContentBytes bytes, long start)
    {
        var end = bytes.LineEnd(start, start + LongestLine);
        Span<byte> line = stackalloc byte[(int)(end - start)];
        bytes.CopyTo(start, line);
        if (!Utf8.IsValid(line)) return null;
        var text = Encoding.UTF8.GetString(line);
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"') text = text[1..^1];
        var isOne = text.Length == 5 && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase);
        return isOne && !char.IsLetterOrDigit(text[4]) && text[4] is not ('"' or '\0') ? text[4..] : null;
    }
}
