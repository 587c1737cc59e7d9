using System.Buffers;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Recognizes a file that is not text.</summary>
static class BinaryContent
{
    /// <summary>What to say of such a file. UTF-16 of a script whose bytes are rarely zero looks the same.</summary>
    public const string Refusal =
        "the file looks binary: it is neither text nor in a known format or compression. If it is UTF-16 without a byte order "
        + "mark, specify its encoding: --encoding utf-16le or utf-16be";

    const int BytesPerControl = 100;

    /// <summary>Control characters that no text has: not those that separate lines, fields and records.</summary>
    static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0x00, .. Range(0x03, 0x08), 0x0E, 0x0F, .. Range(0x10, 0x1A), 0x7F]);

    /// <summary>Whether bytes that are not UTF-8 are no text either. A text may have a few damaged characters.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> bytes)
    {
        var controls = 0;
        for (var rest = bytes; rest.IndexOfAny(Controls) is var at and >= 0; rest = rest[(at + 1)..]) controls++;
        return controls * BytesPerControl > bytes.Length;
    }

    static IEnumerable<byte> Range(byte first, byte last) => Enumerable.Range(first, last - first + 1).Select(b => (byte)b);
}
