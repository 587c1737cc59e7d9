using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Recognizes a header that is not in UTF-8, whose names would match no column.</summary>
static class HeaderText
{
    const int LongestShown = 200;
    const char Replacement = '\uFFFD';

    /// <summary>Whether the name may result from bytes that are not text.</summary>
    public static bool IsSuspect(string name) => name.Contains(Replacement) || name.Contains('\0');

    /// <summary>Why these bytes are not a header, or null.</summary>
    public static string? Refusal(ReadOnlySpan<byte> header)
    {
        if (header.Contains((byte)0))
            return "the header has a NUL byte; is the file UTF-16? Convert it to UTF-8, for example with: iconv -f "
                + "UTF-16LE -t UTF-8";
        if (Utf8.IsValid(header)) return null;
        var guess = Encoding.Latin1.GetString(header[..Math.Min(header.Length, LongestShown)]);
        var shown = string.Concat(guess.Select(c => char.IsControl(c) ? Replacement : c));
        return "the header is not UTF-8, so its names cannot be read; the file is probably Windows-1252 (then the header is: "
            + $"{shown}{(header.Length > LongestShown ? "…" : "")}). Convert it, for example with: "
            + "iconv -f WINDOWS-1252 -t UTF-8";
    }
}
