using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Codecs.Text;

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
        if (header.Contains((byte)0) && Utf8.IsValid(header))
            return "the header has a NUL byte: the file is UTF-16, or binary. If it is UTF-16, specify its encoding: --encoding "
                + "utf-16le or utf-16be";
        if (Utf8.IsValid(header)) return null;
        if (BinaryContent.IsLikely(header)) return BinaryContent.Refusal;
        var guess = Encoding.Latin1.GetString(header[..Math.Min(header.Length, LongestShown)]);
        var shown = string.Concat(guess.Select(c => char.IsControl(c) ? Replacement : c));
        return "the header is not UTF-8, so its names cannot be read; the file is probably Windows-1252 (then the header is: "
            + $"{shown}{(header.Length > LongestShown ? "…" : "")}). If it is, specify its encoding: --encoding windows-1252";
    }
}
