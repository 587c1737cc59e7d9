using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Recognizes JSON by an input's beginning. A line that is a whole JSON object is not a header of a CSV: none of its
/// fields could be the name of a column.</summary>
static class JsonDetection
{
    const int MostBytes = 64 * 1024;

    /// <summary>NDJSON, JSON, or null for neither. A single line may be either: with a path it is a document.</summary>
    public static InputFormat? Of(ByteContent content, JsonOptions options)
    {
        if (!MayBegin(content)) return null;
        using var lines = new LineReader(content, new PositionSpan(0, content.Length ?? PositionSpan.Open), 1, MostBytes);
        while (lines.Next())
        {
            if (!lines.Text.ContainsAnyExcept(" \t\r"u8)) continue;
            var text = lines.Text.TrimStart(" \t"u8);
            if (text[0] == '{' && IsWhole(text))
                return options.Path is not null && IsDocument(options.Path, lines) ? InputFormat.Json : InputFormat.Ndjson;
            if (text[0] == '{') return BeginsObject(text, lines) ? InputFormat.Json : null;
            return text[0] == '[' && BeginsArray(text, lines) ? InputFormat.Json : null;
        }

        return null;
    }

    /// <summary>Examines a few bytes, which is all that most files need.</summary>
    static bool MayBegin(ByteContent content)
    {
        Span<byte> start = stackalloc byte[64];
        start = start[..content.Read(0, start)];
        if (start.StartsWith("\uFEFF"u8)) start = start[3..];
        var first = start.IndexOfAnyExcept(" \t\r\n"u8);
        return first < 0 ? start.Length > 0 : start[first] is (byte)'{' or (byte)'[';
    }

    static bool IsDocument(string path, LineReader lines) => MemberPath.Parse(path) is { IsEach: true }
        || NextText(lines).IsEmpty;

    /// <summary>Whether the line is exactly one object; for a line longer than the sample, whether it begins as one.</summary>
    static bool IsWhole(ReadOnlySpan<byte> text)
    {
        var scanner = new JsonScanner(text);
        if (!scanner.Container()) return text.Length >= MostBytes - 1 && scanner.Current < 0;
        scanner.SkipBlanks();
        return scanner.Current < 0;
    }

    /// <summary>Whether an object over several lines begins here: its first line ends where an object may continue, after a comma
    /// or a bracket, or contains only the opening bracket.</summary>
    static bool BeginsObject(ReadOnlySpan<byte> text, LineReader lines)
    {
        var scanner = new JsonScanner(text);
        if (scanner.Container() || scanner.Current >= 0) return false;
        var rest = text[1..].Trim(" \t\r"u8);
        if (!rest.IsEmpty) return true; // "key": … up to the line's end, all of it valid
        var next = NextText(lines);
        return next.IsEmpty || next[0] is (byte)'"' or (byte)'}';
    }

    static bool BeginsArray(ReadOnlySpan<byte> text, LineReader lines)
    {
        var rest = text[1..].TrimStart(" \t\r"u8);
        if (rest.IsEmpty) rest = NextText(lines);
        if (rest.IsEmpty || rest[0] is not ((byte)'{' or (byte)']')) return false;
        if (rest[0] == ']') return rest[1..].Trim(" \t\r"u8).IsEmpty;
        var scanner = new JsonScanner(rest);
        return scanner.Container() || scanner.Current < 0;
    }

    static ReadOnlySpan<byte> NextText(LineReader lines)
    {
        while (lines.Next())
        {
            if (lines.Text.ContainsAnyExcept(" \t\r"u8)) return lines.Text.TrimStart(" \t"u8);
        }

        return default;
    }
}
