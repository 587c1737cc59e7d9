using System.Globalization;
using Spectre.Console;

namespace OrleansIngest.Commands.Tables;

/// <summary>Measures and cuts text in cells of a terminal: a letter is one wide, a Chinese, Japanese or Korean one two, and an
/// accent that combines with the letter before it none.</summary>
static class TextCells
{
    /// <summary>How many cells a text takes.</summary>
    public static int Width(ReadOnlySpan<char> text)
    {
        var width = 0;
        // The parser of widths knows no control characters; SafeText has written them out.
        foreach (var character in text) width += character is >= ' ' and <= '~' ? 1 : Math.Max(0, character.GetCellWidth());
        return width;
    }

    /// <summary>A value of no more cells than given: without its end, or a path without its beginning.</summary>
    public static string Cut(string value, int width, bool isPath)
    {
        if (Width(value) <= width) return value;
        if (width < 2) return "…";
        return isPath ? $"…{value[EndOf(value, width - 1)..]}" : $"{value[..LengthOf(value, width - 1)]}…";
    }

    /// <summary>A value with blanks up to a width.</summary>
    public static string Pad(string value, int width, bool isNumber)
    {
        var blanks = new string(' ', Math.Max(0, width - Width(value)));
        return isNumber ? blanks + value : value + blanks;
    }

    /// <summary>The lines of a text, broken between words; only a word longer than a line is broken inside.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && Width(line) + 1 + Width(word) <= width)
            {
                line = $"{line} {word}";
                continue;
            }

            if (line.Length > 0) lines.Add(line);
            for (line = word; Width(line) > width;)
            {
                // At least one element, or a wide letter in a line of one cell would never end.
                var length = Math.Max(LengthOf(line, width), StringInfo.GetNextTextElementLength(line));
                if (length == line.Length) break;
                lines.Add(line[..length]);
                line = line[length..];
            }
        }

        if (line.Length > 0 || lines.Count == 0) lines.Add(line);
        return lines;
    }

    /// <summary>How many characters from the start fit into a width; an element of several is not taken apart.</summary>
    static int LengthOf(string value, int width)
    {
        var length = 0;
        while (length < value.Length)
        {
            var next = StringInfo.GetNextTextElementLength(value, length);
            width -= Width(value.AsSpan(length, next));
            if (width < 0) break;
            length += next;
        }

        return length;
    }

    /// <summary>Where the end of a value begins that fits into a width.</summary>
    static int EndOf(string value, int width)
    {
        var starts = StringInfo.ParseCombiningCharacters(value);
        var end = value.Length;
        for (var i = starts.Length - 1; i >= 0; i--)
        {
            width -= Width(value.AsSpan(starts[i], end - starts[i]));
            if (width < 0) break;
            end = starts[i];
        }

        return end;
    }
}
