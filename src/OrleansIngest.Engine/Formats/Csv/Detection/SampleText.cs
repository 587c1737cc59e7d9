using System.Text;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The parts of a content that detection examines. They depend only on its bytes, so that every process gets the same
/// result.</summary>
sealed class SampleText
{
    const int StartBytes = 1024 * 1024;
    const int MiddleBytes = 256 * 1024;
    const int EndBytes = 64 * 1024;

    SampleText(byte[] start, bool isWhole, byte[] middle, byte[] end)
    {
        (Start, IsWhole, Middle, End) = (start, isWhole, middle, end);
    }

    /// <summary>The content's beginning, without a byte order mark, up to the end of a line.</summary>
    public byte[] Start { get; }

    /// <summary>Whether that is the whole content.</summary>
    public bool IsWhole { get; }

    /// <summary>Lines from the middle; empty if the content is short, or can only be read in order.</summary>
    public byte[] Middle { get; }

    /// <summary>The last lines, or all of a short content; empty if it can only be read in order.</summary>
    public byte[] End { get; }

    /// <summary>Reads the parts.</summary>
    public static SampleText Of(ByteContent content)
    {
        var start = Read(content, 0, StartBytes + 1);
        var isWhole = start.Length <= StartBytes;
        var text = start.AsSpan();
        if (!isWhole)
            text = text[..(text[..StartBytes].LastIndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0 ? end + 1 : StartBytes)];
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var kept = text.ToArray();
        return new SampleText(kept, isWhole, isWhole ? [] : MiddleOf(content), isWhole ? LastLines(kept) : EndOf(content));
    }

    /// <summary>A value as text, for names: doubled quotes become one.</summary>
    public static string Text(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value).Replace("\"\"", "\"", StringComparison.Ordinal);

    static byte[] MiddleOf(ByteContent content)
    {
        if (!HasEnd(content) || content.Length < StartBytes + 2 * MiddleBytes) return [];
        var bytes = Read(content, content.Length!.Value / 2, MiddleBytes).AsSpan();
        var from = bytes.IndexOf((byte)'\n');
        var to = bytes.LastIndexOf((byte)'\n');
        return from < 0 || from == to ? [] : bytes[(from + 1)..(to + 1)].ToArray();
    }

    static byte[] EndOf(ByteContent content) =>
        HasEnd(content) ? LastLines(Read(content, content.Length!.Value - EndBytes, EndBytes)) : [];

    /// <summary>Whether its end can be read before the part in between.</summary>
    static bool HasEnd(ByteContent content) => content.Window == long.MaxValue && content.Length is not null;

    static byte[] LastLines(byte[] bytes)
    {
        if (bytes.Length <= EndBytes / 2) return bytes;
        var last = bytes.AsSpan(Math.Max(0, bytes.Length - EndBytes));
        return last[(last.IndexOfAny((byte)'\n', (byte)'\r') + 1)..].ToArray();
    }

    static byte[] Read(ByteContent content, long offset, int most)
    {
        var buffer = new byte[(int)Math.Min(most, (content.Length ?? long.MaxValue) - offset)];
        var length = 0;
        for (int read; length < buffer.Length && (read = content.Read(offset + length, buffer.AsSpan(length))) > 0;)
            length += read;
        return buffer[..length];
    }
}
