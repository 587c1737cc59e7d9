using System.Text;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Why the content of a JSON string is not valid text in PostgreSQL.</summary>
enum JsonTextFlaw
{
    None,

    /// <summary><c>\u0000</c>.</summary>
    Nul,

    /// <summary>Half of a surrogate pair.</summary>
    Surrogate,
}

/// <summary>The texts inside JSON strings. Hot: allocates nothing, except <see cref="Decode"/>.</summary>
static class JsonText
{
    /// <summary>Writes a string's text, with its escapes resolved.</summary>
    /// <param name="inner">Between the quotes; its escapes are well-formed.</param>
    /// <param name="target">At least as long.</param>
    /// <param name="flaw">Why it is not valid text in PostgreSQL; the rest is then not written.</param>
    public static int Unescape(ReadOnlySpan<byte> inner, Span<byte> target, out JsonTextFlaw flaw)
    {
        flaw = JsonTextFlaw.None;
        var length = 0;
        while (true)
        {
            var plain = inner.IndexOf((byte)'\\');
            if (plain < 0)
            {
                inner.CopyTo(target[length..]);
                return length + inner.Length;
            }

            inner[..plain].CopyTo(target[length..]);
            length += plain;
            var escape = inner[plain + 1];
            if (escape != 'u')
            {
                target[length++] = Escaped(escape);
                inner = inner[(plain + 2)..];
                continue;
            }

            var code = Hex(inner.Slice(plain + 2, 4));
            inner = inner[(plain + 6)..];
            if (char.IsHighSurrogate((char)code) && inner is [(byte)'\\', (byte)'u', _, _, _, _, ..]
                && char.IsLowSurrogate((char)Hex(inner.Slice(2, 4))))
            {
                code = char.ConvertToUtf32((char)code, (char)Hex(inner.Slice(2, 4)));
                inner = inner[6..];
            }

            if (code == 0) flaw = JsonTextFlaw.Nul;
            else if (!Rune.IsValid(code)) flaw = JsonTextFlaw.Surrogate;
            if (flaw != JsonTextFlaw.None) return length;
            length += new Rune(code).EncodeToUtf8(target[length..]);
        }
    }

    /// <summary>A key as a string; invalid text is shown as U+FFFD. Cold.</summary>
    public static string Decode(ReadOnlySpan<byte> inner)
    {
        if (!inner.Contains((byte)'\\')) return Encoding.UTF8.GetString(inner);
        var target = new byte[inner.Length];
        var length = Unescape(inner, target, out var flaw);
        return Encoding.UTF8.GetString(target, 0, length) + (flaw == JsonTextFlaw.None ? "" : "\uFFFD");
    }

    /// <summary>Four hexadecimal digits, or -1.</summary>
    public static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (!char.IsAsciiHexDigit((char)digits[i])) return -1;
            value = (value << 4) | (digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10);
        }

        return value;
    }

    static byte Escaped(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape, // quote, backslash, slash
    };
}
