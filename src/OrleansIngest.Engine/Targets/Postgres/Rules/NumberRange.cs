using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The number is between two inclusive bounds. Reads the binary form, which is exact; NaN is always out of
/// range.</summary>
sealed class NumberRange(uint baseTypeOid, decimal? minimum, decimal? maximum) : RowRule
{
    readonly bool _zeroOrMore = minimum == 0 && maximum is null;

    /// <summary>Whether columns of this type can have a range.</summary>
    public static bool Supports(uint baseTypeOid) => baseTypeOid is 20 or 21 or 23 or 700 or 701 or 1700;

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded) => baseTypeOid switch
    {
        20 => IsWithin(BinaryPrimitives.ReadInt64BigEndian(encoded)),
        21 => IsWithin(BinaryPrimitives.ReadInt16BigEndian(encoded)),
        23 => IsWithin(BinaryPrimitives.ReadInt32BigEndian(encoded)),
        700 => IsWithin(BinaryPrimitives.ReadSingleBigEndian(encoded)),
        701 => IsWithin(BinaryPrimitives.ReadDoubleBigEndian(encoded)),
        _ => IsNumericWithin(encoded),
    };

    public override string Explain(ReadOnlySpan<byte> text)
    {
        var bounds = (minimum, maximum) switch
        {
            ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $"between {low} and {high}"),
            ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"{low} or more"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{maximum} or less"),
        };
        return $"{Encoding.UTF8.GetString(text)} is out of range: it must be {bounds}";
    }

    bool IsWithin(long value) => !(value < minimum) && !(value > maximum);

    bool IsWithin(double value) => (minimum is null || value >= (double)minimum) && (maximum is null || value <= (double)maximum);

    /// <summary>Binary numeric: digit count, weight, sign, display scale, then digits in base 10,000.</summary>
    bool IsNumericWithin(ReadOnlySpan<byte> encoded)
    {
        if (_zeroOrMore && encoded[4] == 0) return true; // the sign's high byte: neither negative, nor infinity, nor NaN
        var digits = BinaryPrimitives.ReadInt16BigEndian(encoded);
        int weight = BinaryPrimitives.ReadInt16BigEndian(encoded[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(encoded[4..]);
        // infinities; NaN is not among them
        if (sign is not (0 or 0x4000)) return sign == 0xD000 ? maximum is null : sign == 0xF000 && minimum is null;
        if (digits == 0) return IsWithin(0L);
        if (weight > 6 || digits - weight > 7)
        {
            // Beyond the range of decimal: a double is precise enough to compare it with a bound.
            double wide = 0;
            for (var i = 0; i < digits; i++) wide = wide * 10_000 + BinaryPrimitives.ReadInt16BigEndian(encoded[(8 + 2 * i)..]);
            wide *= Math.Pow(10_000, weight - digits + 1);
            return IsWithin(sign == 0 ? wide : -wide);
        }

        decimal value = 0;
        for (var i = 0; i < digits; i++) value = value * 10_000 + BinaryPrimitives.ReadInt16BigEndian(encoded[(8 + 2 * i)..]);
        for (var i = digits - 1; i < weight; i++) value *= 10_000;
        for (var i = weight; i < digits - 1; i++) value /= 10_000;
        if (sign != 0) value = -value;
        return !(value < minimum) && !(value > maximum);
    }
}
