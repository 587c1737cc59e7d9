using System.Buffers;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Writes texts as JSON strings, with only the escapes that JSON requires.</summary>
static class JsonString
{
    static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    /// <summary>Maximum length of the string.</summary>
    public static int MaxBytes(int textBytes) => 6 * textBytes + 2;

    /// <summary>Writes a string. Cold.</summary>
    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> target) =>
        target.Advance(Write(text, target.GetSpan(MaxBytes(text.Length))));

    /// <summary>Writes a string.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        target[length++] = (byte)'"';
        while (true)
        {
            var plain = text.IndexOfAny(Special);
            var run = plain < 0 ? text : text[..plain];
            run.CopyTo(target[length..]);
            length += run.Length;
            if (plain < 0) break;
            length += Escape(text[plain], target[length..]);
            text = text[(plain + 1)..];
        }

        target[length++] = (byte)'"';
        return length;
    }

    static int Escape(byte value, Span<byte> target)
    {
        target[0] = (byte)'\\';
        target[1] = value switch
        {
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'"' or (byte)'\\' => value,
            _ => (byte)'u',
        };
        if (target[1] != 'u') return 2;
        "00"u8.CopyTo(target[2..]);
        target[4] = (byte)('0' + (value >> 4));
        target[5] = "0123456789abcdef"u8[value & 0xF];
        return 6;
    }
}
