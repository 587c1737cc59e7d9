namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>numeric: decimal text to groups of four digits, rounded and limited by the column's precision and scale, as in the
/// server.</summary>
/// <remarks>Up to 18 digits are converted through one 64-bit integer; longer numbers, or those with an exponent, digit by digit;
/// those with over 1,000 digits, and the forms of PostgreSQL 16 (0x1F, 1_000), are left to the server.</remarks>
sealed class NumericEncoder : ColumnEncoder
{
    const int MaxDigits = 1000;
    const int FieldOverflow = -3;

    readonly bool _limited;
    readonly int _precision;
    readonly int _scale;
    readonly bool _hasInfinity;

    public NumericEncoder(int typeModifier, int serverMajor)
    {
        _hasInfinity = serverMajor >= 14;
        _limited = typeModifier >= 4;
        if (!_limited)
            return;
        _precision = ((typeModifier - 4) >> 16) & 0xFFFF;
        _scale = (((typeModifier - 4) & 0x7FF) ^ 1024) - 1024;
    }

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var size = EncodePlain(text, destination);
        if (size == 0)
            size = EncodeAny(ServerText.Trim(text), destination);
        return size == FieldOverflow ? Rejected : size;
    }

    public override string Explain(ReadOnlySpan<byte> text)
    {
        var scratch = new byte[text.Length + Slack];
        if (EncodeAny(ServerText.Trim(text), scratch) != FieldOverflow)
            return ServerText.InvalidSyntax("numeric", text);
        var bound = _precision == _scale ? "1" : $"10^{_precision - _scale}";
        return ServerText.ContainsIgnoreCase(text, "inf"u8)
            ? $"numeric field overflow: a field with precision {_precision}, scale {_scale} cannot hold an infinite value: "
                + $"{ServerText.Quote(text)}"
            : $"numeric field overflow: a field with precision {_precision}, scale {_scale} must round to an absolute value "
                + $"less than {bound}: {ServerText.Quote(text)}";
    }

    /// <summary>Digits with at most one decimal point and a leading sign; 0 for any other text.</summary>
    int EncodePlain(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if ((uint)(text.Length - 1) >= 19 || _scale < 0)
            return 0;
        ulong value = 0;
        var negative = text[0] == '-';
        var i = negative ? 1 : 0;
        var first = i;
        var point = -1;
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                value = (value * 10) + digit;
                continue;
            }

            if (text[i] != '.' || point >= 0)
                return 0;
            point = i;
        }

        var digits = i - first - (point >= 0 ? 1 : 0);
        if (digits is 0 or > 18)
            return 0;
        var scale = point < 0 ? 0 : i - point - 1;
        if (_limited)
        {
            if (scale < _scale)
            {
                if (digits + _scale - scale > 18)
                    return 0;
                value *= NumericWriter.PowerOfTen[_scale - scale];
            }
            else if (scale > _scale)
            {
                var unit = NumericWriter.PowerOfTen[scale - _scale];
                var (quotient, rest) = Math.DivRem(value, unit);
                value = rest >= unit - rest ? quotient + 1 : quotient;
            }

            scale = _scale;
            if (_precision < 19 && value >= NumericWriter.PowerOfTen[_precision])
                return FieldOverflow;
        }

        return scale > 16 ? 0 : NumericWriter.WriteScaled(destination, value, scale, negative);
    }

    int EncodeAny(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var i = 0;
        var negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
            negative = text[i++] == '-';
        if (i == text.Length || !(ServerText.IsDigit(text[i]) || text[i] == '.'))
            return EncodeWord(text, text[i..], negative, destination);
        if (text.Length > MaxDigits)
            return AskServer;

        Span<byte> digits = stackalloc byte[MaxDigits + 1];
        int count = 0, whole = 0, seen = 0, scale = 0;
        var point = false;
        for (; i < text.Length; i++)
        {
            if (text[i] == '.' && !point)
            {
                point = true;
                continue;
            }

            if (!ServerText.IsDigit(text[i]))
                break;
            seen++;
            if (point)
                scale++;
            if (count == 0 && text[i] == '0')
            {
                whole -= point ? 1 : 0;
                continue;
            }

            digits[count++] = (byte)(text[i] - '0');
            whole += point ? 0 : 1;
        }

        if (seen == 0)
            return Rejected;
        if (i < text.Length)
        {
            if ((text[i] | 0x20) is 'x' or 'o' or 'b' || text[i] == '_')
                return AskServer;
            if ((text[i] | 0x20) != 'e')
                return Rejected;
            var exponent = ParseExponent(text[(i + 1)..]);
            if (exponent == int.MinValue)
                return AskServer;
            whole += exponent;
            scale = Math.Max(0, scale - exponent);
        }

        return whole > MaxDigits || scale > MaxDigits
            ? AskServer
            : WriteDigits(destination, digits, count, whole, scale, negative);
    }

    /// <summary>Up to three digits with a sign; <see cref="int.MinValue"/> for forms that only the server can decide.</summary>
    static int ParseExponent(ReadOnlySpan<byte> text)
    {
        var signed = text.Length > 0 && text[0] is (byte)'-' or (byte)'+';
        var digits = signed ? text[1..] : text;
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return int.MinValue;
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return signed && text[0] == '-' ? -value : value;
    }

    /// <summary>Rounds half away from zero, checks the precision, and writes; <paramref name="whole"/> is the number of digits
    /// before the point, negative when zeros follow it.</summary>
    int WriteDigits(Span<byte> destination, Span<byte> digits, int count, int whole, int scale, bool negative)
    {
        if (_limited)
        {
            scale = Math.Max(_scale, 0);
            var keep = whole + _scale;
            if (keep < 0)
                count = 0;
            else if (keep < count)
                (count, whole) = RoundAt(digits, keep, whole);
            if (count > 0 && whole > _precision - _scale)
                return FieldOverflow;
        }

        return NumericWriter.WriteDigits(destination, digits[..count], whole, scale, negative);
    }

    static (int Count, int Whole) RoundAt(Span<byte> digits, int keep, int whole)
    {
        if (digits[keep] < 5)
            return (keep, whole);
        var i = keep - 1;
        for (; i >= 0 && digits[i] == 9; i--)
        {
        }

        if (i >= 0)
        {
            digits[i]++;
            return (i + 1, whole);
        }

        digits[0] = 1;
        return (1, whole + 1);
    }

    int EncodeWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, bool negative, Span<byte> destination)
    {
        ushort sign;
        if (ServerText.EqualsIgnoreCase(text, "nan"u8))
            sign = NumericWriter.NaN;
        else if (!ServerText.EqualsIgnoreCase(word, "infinity"u8) && !ServerText.EqualsIgnoreCase(word, "inf"u8))
            return ServerText.StartsWithIgnoreCase(word, "nan"u8) && word.Length == 3 ? AskServer : Rejected;
        else if (!_hasInfinity)
            return Rejected;
        else if (_limited)
            return FieldOverflow;
        else
            sign = negative ? NumericWriter.NegativeInfinity : NumericWriter.PositiveInfinity;
        return NumericWriter.WriteWord(destination, sign);
    }
}
