namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Writes a JSON array as PostgreSQL writes arrays: <c>["a",null,[1]]</c> as <c>{"a",NULL,{1}}</c>, as
/// <c>json_populate_record</c> does. Nested objects become texts. Hot: allocates nothing.</summary>
static class ArrayLiteral
{
    /// <summary>Maximum length of the literal.</summary>
    public static int MaxBytes(int jsonBytes) => 4 * jsonBytes + 2;

    /// <summary>Writes the literal.</summary>
    /// <param name="json">A valid array.</param>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    /// <param name="flaw">Why a text in it is invalid.</param>
    public static int Write(ReadOnlySpan<byte> json, Span<byte> target, out JsonTextFlaw flaw)
    {
        flaw = JsonTextFlaw.None;
        var length = 0;
        var scanner = new JsonScanner(json);
        while (scanner.Current >= 0)
        {
            var start = scanner.At;
            switch (scanner.Current)
            {
                case '[' or ']' or ',':
                    target[length++] = scanner.Current switch { '[' => (byte)'{', ']' => (byte)'}', _ => (byte)',' };
                    scanner.At++;
                    break;
                case '"':
                    scanner.String(out _);
                    length += WriteText(json[(start + 1)..(scanner.At - 1)], target[length..], out flaw);
                    if (flaw != JsonTextFlaw.None) return length;
                    break;
                case '{':
                    scanner.Container();
                    length += Quote(json[start..scanner.At], target[length..]);
                    break;
                case 'n':
                    scanner.At += 4;
                    "NULL"u8.CopyTo(target[length..]);
                    length += 4;
                    break;
                default:
                    scanner.Scalar();
                    json[start..scanner.At].CopyTo(target[length..]);
                    length += scanner.At - start;
                    break;
            }

            scanner.SkipBlanks();
        }

        return length;
    }

    static int WriteText(ReadOnlySpan<byte> inner, Span<byte> target, out JsonTextFlaw flaw)
    {
        // Unescaped into the end of the room, then quoted from there to its start: writing never overtakes reading, because the
        // room is twice as long.
        var text = target[^inner.Length..];
        var length = JsonText.Unescape(inner, text, out flaw);
        return flaw == JsonTextFlaw.None ? Quote(text[..length], target) : 0;
    }

    /// <summary>Writes a text as an element.</summary>
    public static int Quote(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        target[length++] = (byte)'"';
        foreach (var letter in text)
        {
            if (letter is (byte)'"' or (byte)'\\') target[length++] = (byte)'\\';
            target[length++] = letter;
        }

        target[length++] = (byte)'"';
        return length;
    }
}
