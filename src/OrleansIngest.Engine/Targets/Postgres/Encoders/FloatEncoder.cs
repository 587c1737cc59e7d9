using System.Buffers.Binary;
using System.Globalization;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>float4 and float8: decimal forms, infinity and NaN; C's hexadecimal floats and
/// NaN(…) are left to the server.</summary>
/// <remarks>Plain decimals, the common case, are parsed by <see cref="DecimalFloat"/>.</remarks>
sealed class FloatEncoder : ColumnEncoder
{
    const int OutOfRange = -3;
    const int LongestSure = 300;
    const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    readonly bool _single;

    FloatEncoder(bool single) => _single = single;

    public static FloatEncoder Float4 { get; } = new(single: true);

    public static FloatEncoder Float8 { get; } = new(single: false);

    string TypeName => _single ? "real" : "double precision";

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (_single && DecimalFloat.TrySingle(text, out var single))
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, single);
            return 4;
        }

        if (!_single && DecimalFloat.TryDouble(text, out var value))
        {
            BinaryPrimitives.WriteInt64BigEndian(destination, value);
            return 8;
        }

        var outcome = Parse(ServerText.Trim(text), out var bits, out _);
        if (outcome < 0)
            return outcome == OutOfRange ? Rejected : outcome;
        if (_single)
            BinaryPrimitives.WriteInt32BigEndian(destination, (int)bits);
        else
            BinaryPrimitives.WriteInt64BigEndian(destination, bits);
        return _single ? 4 : 8;
    }

    public override string Explain(ReadOnlySpan<byte> text)
    {
        // The server checks what follows the number only if the number itself is valid.
        var trimmed = ServerText.Trim(text);
        Parse(trimmed, out _, out var length);
        return Parse(trimmed[..length], out _, out _) == OutOfRange
            ? $"{ServerText.Quote(trimmed[..length])} is out of range for type {TypeName}"
            : ServerText.InvalidSyntax(TypeName, text);
    }

    /// <param name="text">Without surrounding spaces.</param>
    /// <param name="bits">The number in IEEE 754.</param>
    /// <param name="length">Length of the decimal number at the start of the text.</param>
    int Parse(ReadOnlySpan<byte> text, out long bits, out int length)
    {
        bits = 0;
        length = 0;
        var i = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        int digits = 0, nonZero = 0;
        for (; i < text.Length && ServerText.IsDigit(text[i]); i++, digits++)
            nonZero |= text[i] - '0';
        if (i < text.Length && text[i] == '.')
        {
            for (i++; i < text.Length && ServerText.IsDigit(text[i]); i++, digits++)
                nonZero |= text[i] - '0';
        }

        if (digits == 0)
            return ParseWord(text, out bits);
        length = i;
        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            i++;
            if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
                i++;
            var exponent = i;
            while (i < text.Length && ServerText.IsDigit(text[i]))
                i++;
            if (i == exponent)
                return Rejected;
            length = i;
        }

        if (i < text.Length)
            return (text[i] | 0x20) is 'x' ? AskServer : Rejected;
        return text.Length > LongestSure ? AskServer : Round(text, nonZero != 0, out bits);
    }

    /// <summary>Both sides round correctly (IEEE 754), so the bits are the server's.</summary>
    int Round(ReadOnlySpan<byte> text, bool nonZero, out long bits)
    {
        bits = 0;
        if (_single)
        {
            if (!float.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var single))
                return AskServer;
            bits = BitConverter.SingleToInt32Bits(single);
            return float.IsInfinity(single) || (nonZero && single == 0) ? OutOfRange : 0;
        }

        if (!double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var value))
            return AskServer;
        bits = BitConverter.DoubleToInt64Bits(value);
        return double.IsInfinity(value) || (nonZero && value == 0) ? OutOfRange : 0;
    }

    int ParseWord(ReadOnlySpan<byte> text, out long bits)
    {
        bits = 0;
        var signed = text.Length > 0 && text[0] is (byte)'-' or (byte)'+';
        var word = signed ? text[1..] : text;
        if (ServerText.EqualsIgnoreCase(word, "nan"u8) && !signed)
        {
            bits = _single ? 0x7FC0_0000 : 0x7FF8_0000_0000_0000;
            return 0;
        }

        if (ServerText.StartsWithIgnoreCase(word, "nan"u8))
            return AskServer;
        if (!ServerText.EqualsIgnoreCase(word, "infinity"u8) && !ServerText.EqualsIgnoreCase(word, "inf"u8))
            return Rejected;
        var negative = text[0] == '-';
        bits = _single
            ? BitConverter.SingleToInt32Bits(negative ? float.NegativeInfinity : float.PositiveInfinity)
            : BitConverter.DoubleToInt64Bits(negative ? double.NegativeInfinity : double.PositiveInfinity);
        return 0;
    }
}
