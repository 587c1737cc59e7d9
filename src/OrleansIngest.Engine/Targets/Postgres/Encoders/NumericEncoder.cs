using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>numeric: decimal text to groups of four digits, rounded and limited by the column's precision and scale, as in the
/// server.</summary>
/// <remarks>Up to 18 digits are converted through one 64-bit integer; longer numbers, or those with an exponent, digit by digit;
/// those with over 1,000 digits, and the forms of PostgreSQL 16 (0x1F, 1_000), are left to the server.</remarks>
sealed class NumericEncoder : ColumnEncoder
{
    const int HeaderSize = 8;
    const int MaxDigits = 1000;
    const int FieldOverflow = -3;
    const ushort Negative = 0x4000, NaN = 0xC000, PositiveInfinity = 0xD000, NegativeInfinity = 0xF000;

    static readonly ulong[] PowerOfTen = MakePowers();

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

    static ulong[] MakePowers()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
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
                value *= PowerOfTen[_scale - scale];
            }
            else if (scale > _scale)
            {
                var unit = PowerOfTen[scale - _scale];
                var (quotient, rest) = Math.DivRem(value, unit);
                value = rest >= unit - rest ? quotient + 1 : quotient;
            }

            scale = _scale;
            if (_precision < 19 && value >= PowerOfTen[_precision])
                return FieldOverflow;
        }

        return scale > 16 ? 0 : WriteGroups(destination, value, scale, negative);
    }

    static int WriteGroups(Span<byte> destination, ulong value, int scale, bool negative)
    {
        if (scale == 2 && value < 100 * 100_000_000UL)
            return WriteMoney(destination, (uint)(value / 100), 100 * (uint)(value % 100), negative);
        var (whole, fraction) = scale == 0 ? (value, 0UL) : Math.DivRem(value, PowerOfTen[scale]);
        var fractionGroups = (scale + 3) >> 2;
        fraction *= PowerOfTen[(fractionGroups << 2) - scale];

        // Written from the last group to the first, into room for the maximum that 18 + 3 digits can need.
        Span<ushort> groups = stackalloc ushort[12];
        int start = 12, end = 12;
        for (var k = 0; k < fractionGroups; k++)
        {
            groups[--start] = (ushort)(fraction % 10_000);
            fraction /= 10_000;
        }

        var weight = -1;
        for (; whole != 0; whole /= 10_000, weight++)
            groups[--start] = (ushort)(whole % 10_000);
        for (; start < end && groups[end - 1] == 0; end--)
        {
        }

        for (; start < end && groups[start] == 0; start++, weight--)
        {
        }

        if (start == end)
            (weight, negative) = (0, false);
        WriteHeader(destination, end - start, weight, negative ? Negative : (ushort)0, scale);
        for (int i = start, at = HeaderSize; i < end; i++, at += 2)
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], groups[i]);
        return HeaderSize + (2 * (end - start));
    }

    /// <summary>The most common form, without a loop: at most eight digits before the point and two after it.</summary>
    static int WriteMoney(Span<byte> destination, uint whole, uint fraction, bool negative)
    {
        var (high, low) = (whole / 10_000, whole % 10_000);
        var weight = high != 0 ? 1 : low != 0 ? 0 : fraction != 0 ? -1 : 0;
        var last = fraction != 0 ? -1 : low != 0 ? 0 : 1; // the weight of the last non-zero group
        var count = Math.Max(0, weight - last + 1);
        WriteHeader(destination, count, weight, negative && count > 0 ? Negative : (ushort)0, 2);
        // All groups are written, and those beyond the count are overwritten by the next value: the destination has room for
        // them.
        var groups = ((ulong)high << 32) | ((ulong)low << 16) | fraction;
        BinaryPrimitives.WriteUInt64BigEndian(destination[HeaderSize..], groups << (16 * (2 - weight)));
        return HeaderSize + (2 * count);
    }

    static void WriteHeader(Span<byte> destination, int groups, int weight, ushort sign, int scale)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, (short)groups);
        BinaryPrimitives.WriteInt16BigEndian(destination[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], sign);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)scale);
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

    /// <summary>Rounds half away from zero, checks the precision, and packs; <paramref name="whole"/> is the number of digits
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

        while (count > 0 && digits[count - 1] == 0)
            count--;
        if (count == 0)
        {
            WriteHeader(destination, 0, 0, 0, scale);
            return HeaderSize;
        }

        var weight = (whole - 1) >> 2;
        var position = ((weight + 1) << 2) - whole; // zeros before the first digit within its group
        int groups = 0, group = 0;
        for (var k = 0; k < count; k++)
        {
            group = (group * 10) + digits[k];
            if (++position < 4)
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(HeaderSize + (2 * groups++))..], (ushort)group);
            (position, group) = (0, 0);
        }

        if (position > 0)
        {
            for (; position < 4; position++)
                group *= 10;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(HeaderSize + (2 * groups++))..], (ushort)group);
        }

        WriteHeader(destination, groups, weight, negative ? Negative : (ushort)0, scale);
        return HeaderSize + (2 * groups);
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
            sign = NaN;
        else if (!ServerText.EqualsIgnoreCase(word, "infinity"u8) && !ServerText.EqualsIgnoreCase(word, "inf"u8))
            return ServerText.StartsWithIgnoreCase(word, "nan"u8) && word.Length == 3 ? AskServer : Rejected;
        else if (!_hasInfinity)
            return Rejected;
        else if (_limited)
            return FieldOverflow;
        else
            sign = negative ? NegativeInfinity : PositiveInfinity;
        // The server itself writes NaN and infinity without digits and scale.
        WriteHeader(destination, 0, 0, sign, 0);
        return HeaderSize;
    }
}
