using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Checks whether a text is JSON by RFC 8259, as PostgreSQL does.</summary>
/// <remarks>Without recursion: open brackets are one bit per level. Nesting deeper than <see cref="MaxDepth"/>, and values for
/// which jsonb has limits of its own (long numbers, escapes of surrogates and of NUL), are left to the server.</remarks>
ref struct JsonChecker(ReadOnlySpan<byte> text, bool forJsonb)
{
    const int MaxDepth = 64;
    const int LongestSureNumber = 200;
    const int Yes = 0, No = ColumnEncoder.Rejected, Unsure = ColumnEncoder.AskServer;

    /// <summary>Instead of a position: the text is not JSON.</summary>
    const int Broken = -1;

    readonly ReadOnlySpan<byte> _text = text;
    readonly bool _forJsonb = forJsonb;
    bool _isUnsure;

    public int Check()
    {
        var text = _text;
        ulong objects = 0; // bit 0: the innermost open bracket is a brace
        var depth = 0;
        var at = 0;
        while (true)
        {
            at = SkipSpace(text, at);
            if ((uint)at >= (uint)text.Length)
                return No;
            var first = text[at];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth++ == MaxDepth)
                    return Unsure;
                objects = (objects << 1) | (first == '{' ? 1UL : 0);
                at = SkipSpace(text, at + 1);
                if (at < text.Length && text[at] == (first == '{' ? '}' : ']'))
                    goto Closed;
                if (first == '{' && (at = Name(at)) < 0)
                    return No;
                continue;
            }

            at = first == '"' ? String(at) : first is (byte)'-' or (>= (byte)'0' and <= (byte)'9') ? Number(at) : Word(at);
            if (at < 0)
                return No;
            goto ValueEnded;

        Closed:
            at++;
            depth--;
            objects >>= 1;
        ValueEnded:
            at = SkipSpace(text, at);
            if (depth == 0)
                return at < text.Length ? No : _isUnsure ? Unsure : Yes;
            if ((uint)at >= (uint)text.Length)
                return No;
            var inObject = (objects & 1) != 0;
            if (text[at] == (inObject ? '}' : ']'))
                goto Closed;
            if (text[at++] != ',')
                return No;
            if (inObject && (at = Name(at)) < 0)
                return No;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // called between any two tokens, mostly to skip none or one
    static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        while ((uint)at < (uint)text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;
        return at;
    }

    /// <summary>The position after the name and its colon, or <see cref="Broken"/>.</summary>
    int Name(int at)
    {
        var text = _text;
        at = SkipSpace(text, at);
        if ((uint)at >= (uint)text.Length || text[at] != '"' || (at = String(at)) < 0)
            return Broken;
        at = SkipSpace(text, at);
        return (uint)at < (uint)text.Length && text[at] == ':' ? at + 1 : Broken;
    }

    /// <summary>The position after the closing quote, or <see cref="Broken"/>.</summary>
    /// <param name="at">The opening quote.</param>
    int String(int at)
    {
        var text = _text;
        at++;
        while (true)
        {
            at = SkipPlain(text, at);
            if ((uint)at >= (uint)text.Length || text[at] < ' ')
                return Broken;
            if (text[at] == '"')
                return at + 1;
            if (++at == text.Length)
                return Broken;
            switch (text[at++])
            {
                case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                    break;
                case (byte)'u':
                    var code = Escape(text, at);
                    if (code < 0)
                        return Broken;
                    _isUnsure |= _forJsonb && code is 0 or (>= 0xD800 and <= 0xDFFF);
                    at += 4;
                    break;
                default:
                    return Broken;
            }
        }
    }

    /// <summary>The next quote, backslash or control character, or the end. Eight bytes at a time: most strings are too short for
    /// a vectorized search to pay.</summary>
    static int SkipPlain(ReadOnlySpan<byte> text, int at)
    {
        const ulong Ones = 0x0101_0101_0101_0101, Highs = 0x8080_8080_8080_8080;
        while (at <= text.Length - sizeof(ulong))
        {
            var bytes = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]);
            var quotes = bytes ^ ('"' * Ones);
            var backslashes = bytes ^ ('\\' * Ones);
            // The highest bit of each byte that is less than a space, or zero after the XOR. The bytes above the first one that
            // is found may be wrong, because of the borrow; only the first is used.
            var found = (((bytes - (' ' * Ones)) & ~bytes) | ((quotes - Ones) & ~quotes) | ((backslashes - Ones) & ~backslashes))
                & Highs;
            if (found != 0)
                return at + (BitOperations.TrailingZeroCount(found) / 8);
            at += sizeof(ulong);
        }

        while (at < text.Length && text[at] is >= (byte)' ' and not (byte)'"' and not (byte)'\\')
            at++;
        return at;
    }

    /// <summary>The four hexadecimal digits of an escape, or -1.</summary>
    static int Escape(ReadOnlySpan<byte> text, int at)
    {
        if (text.Length - at < 4)
            return -1;
        var code = 0;
        foreach (var character in text.Slice(at, 4))
        {
            var digit = Hex.ValueOf(character);
            if (digit < 0)
                return -1;
            code = (code << 4) | digit;
        }

        return code;
    }

    /// <summary>The position after the number, or <see cref="Broken"/>.</summary>
    int Number(int at)
    {
        var text = _text;
        var start = at;
        if (text[at] == '-')
            at++;
        if (at < text.Length && text[at] == '0')
            at++;
        else if (!SkipDigits(text, ref at))
            return Broken;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (!SkipDigits(text, ref at))
                return Broken;
        }

        var exponent = 0;
        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
                at++;
            var digits = at;
            if (!SkipDigits(text, ref at))
                return Broken;
            exponent = at - digits;
        }

        _isUnsure |= _forJsonb && (exponent > 3 || at - start > LongestSureNumber);
        return at;
    }

    /// <summary>Whether there is at least one.</summary>
    static bool SkipDigits(ReadOnlySpan<byte> text, ref int at)
    {
        var end = at;
        while ((uint)end < (uint)text.Length && ServerText.IsDigit(text[end]))
            end++;
        var any = end > at;
        at = end;
        return any;
    }

    int Word(int at)
    {
        var rest = _text[at..];
        var length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
        return length == 0 ? Broken : at + length;
    }
}
