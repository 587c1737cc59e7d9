using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Writes stored values as text that PostgreSQL can parse.</summary>
/// <remarks>Hot: allocates nothing, except for decimals of more than 16 bytes.</remarks>
static class ParquetText
{
    /// <summary>More than any value here needs, except those of arbitrary length.</summary>
    public const int MaxBytes = 96;

    const long UnixEpochAsJulianDay = 2_440_588;

    /// <summary>An integer, or the value that it represents.</summary>
    public static int Integer(long value, in ParquetKind kind, bool isWide, Span<byte> target)
    {
        switch (kind.Value)
        {
            case ParquetValue.Decimal:
                return Decimal(value, kind.Scale, target);
            case ParquetValue.Date:
                return TimeText.Date(value, target);
            case ParquetValue.Time:
                if (value >= 0 && value <= kind.PerDay)
                    return TimeText.Time(value * (TimeText.NanosPerDay / kind.PerDay), target);
                goto default; // not a time of day: PostgreSQL refuses the number
            case ParquetValue.Timestamp or ParquetValue.Instant:
                var (days, nanos) = TimeText.Split(value, kind.PerDay);
                return TimeText.Timestamp(days, nanos, kind.Value == ParquetValue.Instant, target);
            case ParquetValue.Unsigned:
                Utf8Formatter.TryFormat(isWide ? (ulong)value : (uint)value, target, out var length);
                return length;
            default:
                Utf8Formatter.TryFormat(value, target, out length);
                return length;
        }
    }

    /// <summary>A binary floating-point number: the shortest text that parses to the same number, with an exponent as PostgreSQL
    /// writes it.</summary>
    public static int Double(double value, Span<byte> target)
    {
        value.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        return Lower(target[..length]);
    }

    /// <inheritdoc cref="Double"/>
    public static int Float(float value, Span<byte> target)
    {
        value.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        return Lower(target[..length]);
    }

    /// <summary>A value of a fixed number of bytes.</summary>
    public static int Fixed(ReadOnlySpan<byte> value, in ParquetKind kind, Span<byte> target) => kind.Value switch
    {
        ParquetValue.Uuid when value.Length == 16 => Uuid(value, target),
        ParquetValue.Half when value.Length == 2 => Float((float)BinaryPrimitives.ReadHalfLittleEndian(value), target),
        ParquetValue.Int96 when value.Length == 12 => Int96(value, target),
        ParquetValue.Interval when value.Length == 12 => Interval(value, target),
        _ => throw new InvalidDataException($"a value of {Counted.Of(value.Length, "byte")} is no {kind.Value}"),
    };

    /// <summary>A decimal whose digits are a big-endian number of any length.</summary>
    public static int Decimal(ReadOnlySpan<byte> value, int scale, Span<byte> target)
    {
        if (value.Length > 16) return Digits(new BigInteger(value, isUnsigned: false, isBigEndian: true), scale, target);
        Int128 number = value.Length > 0 && value[0] >= 0x80 ? -1 : 0;
        foreach (var part in value) number = (number << 8) | part;
        if (number >= long.MinValue && number <= long.MaxValue) return Decimal((long)number, scale, target);
        Span<byte> digits = stackalloc byte[48];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Point(digits[..length], scale, target);
    }

    static int Decimal(long value, int scale, Span<byte> target)
    {
        if (scale == 0)
        {
            Utf8Formatter.TryFormat(value, target, out var whole);
            return whole;
        }

        Span<byte> digits = stackalloc byte[24];
        Utf8Formatter.TryFormat(value, digits, out var length);
        return Point(digits[..length], scale, target);
    }

    static int Digits(BigInteger value, int scale, Span<byte> target) =>
        Point(System.Text.Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)), scale, target);

    /// <summary>Places the decimal point, after at least one digit.</summary>
    static int Point(ReadOnlySpan<byte> digits, int scale, Span<byte> target)
    {
        var length = 0;
        if (digits[0] == '-')
        {
            target[length++] = (byte)'-';
            digits = digits[1..];
        }

        var whole = digits.Length - scale;
        if (whole > 0) digits[..whole].CopyTo(target[length..]);
        else target[length] = (byte)'0';
        length += Math.Max(whole, 1);
        if (scale <= 0) return length;
        target[length++] = (byte)'.';
        for (; whole < 0; whole++) target[length++] = (byte)'0';
        digits[whole..].CopyTo(target[length..]);
        return length + digits.Length - whole;
    }

    static int Uuid(ReadOnlySpan<byte> value, Span<byte> target)
    {
        new Guid(value, bigEndian: true).TryFormat(target, out var length);
        return length;
    }

    /// <summary>The timestamps of Impala and of older Spark: nanoseconds of a Julian day.</summary>
    static int Int96(ReadOnlySpan<byte> value, Span<byte> target)
    {
        var days = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]) - UnixEpochAsJulianDay;
        var (more, nanos) = TimeText.Split(BinaryPrimitives.ReadInt64LittleEndian(value), TimeText.NanosPerDay);
        return TimeText.Timestamp(days + more, nanos, isUtc: false, target);
    }

    static int Interval(ReadOnlySpan<byte> value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt32LittleEndian(value), target, out var length);
        " mons "u8.CopyTo(target[length..]);
        length += 6;
        Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt32LittleEndian(value[4..]), target[length..], out var more);
        length += more;
        " days "u8.CopyTo(target[length..]);
        length += 6;
        var millis = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]);
        Utf8Formatter.TryFormat(millis / 1000, target[length..], out more);
        length += more;
        target[length++] = (byte)'.';
        Utf8Formatter.TryFormat(millis % 1000, target[length..], out more, new System.Buffers.StandardFormat('D', 3));
        length += more;
        " secs"u8.CopyTo(target[length..]);
        return length + 5;
    }

    static int Lower(Span<byte> number)
    {
        var exponent = number.IndexOf((byte)'E');
        if (exponent >= 0) number[exponent] = (byte)'e';
        return number.Length;
    }
}
