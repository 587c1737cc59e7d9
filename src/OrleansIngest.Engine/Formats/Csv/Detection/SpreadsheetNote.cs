using System.Text;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>A first line <c>sep=;</c>, which declares the delimiter to spreadsheets.</summary>
/// <param name="Delimiter">The declared delimiter.</param>
/// <param name="Bytes">Length of the line with its break.</param>
readonly record struct SpreadsheetNote(string Delimiter, int Bytes)
{
    /// <summary>The note at the start of a text, or null.</summary>
    public static SpreadsheetNote? Of(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        if (end is < 5 or > 12) return null;
        var line = text[..end].Trim((byte)'"');
        if (line.Length < 5 || !Ascii.EqualsIgnoreCase(line[..4], "sep="u8)) return null;
        var after = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
        return new SpreadsheetNote(Encoding.UTF8.GetString(line[4..]), after);
    }
}
