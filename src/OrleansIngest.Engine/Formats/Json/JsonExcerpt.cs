using System.Text;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>A few characters of a JSON text, for messages. Cold.</summary>
static class JsonExcerpt
{
    const int Most = 20;

    /// <summary>The text at an offset, after a colon.</summary>
    public static string At(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length) return "";
        var shown = text[at..Math.Min(text.Length, at + Most)];
        var line = shown.IndexOfAny((byte)'\n', (byte)'\r');
        if (line >= 0) shown = shown[..line];
        return shown.IsEmpty ? ": the line ends" : $": {HeaderName.Shown(Encoding.UTF8.GetString(shown))}";
    }
}
