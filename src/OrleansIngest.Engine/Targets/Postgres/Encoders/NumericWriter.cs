using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>The binary form of numeric: a header of four numbers, then groups of four decimal digits.</summary>
/// <remarks>Hot: no allocation, no exception.</remarks>
static class NumericWriter
{
    public const ushort NaN = 0xC000, PositiveInfinity = 0xD000, NegativeInfinity = 0xF000;

    const ushort Negative = 0x4000;
    const int HeaderSize = 8;

    /// <summary>10 to the power of 0 to 19.</summary>
    public static readonly ulong[] PowerOfTen = MakePowers();

    /// <summary>Writes a number of at most 18 digits.</summary>
    /// <param name="destination">With room for 12 groups.</param>
    /// <param name="value">Its digits as an integer.</param>
    /// <param name="scale">How many of them follow the point: 0 to 16.</param>
    /// <param name="negative">Whether it has a minus sign.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteScaled(Span<byte> destination, ulong value, int scale, bool negative)
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

    /// <summary>Writes a number of any length.</summary>
    /// <param name="destination">With room for it.</param>
    /// <param name="digits">Each from 0 to 9; without zeros before the first.</param>
    /// <param name="whole">How many of them precede the point; negative when zeros follow it.</param>
    /// <param name="scale">How many digits are shown after the point.</param>
    /// <param name="negative">Whether it has a minus sign.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteDigits(Span<byte> destination, ReadOnlySpan<byte> digits, int whole, int scale, bool negative)
    {
        var count = digits.Length;
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

    /// <summary>Writes NaN or an infinity as the server itself does: without digits and scale.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteWord(Span<byte> destination, ushort sign)
    {
        WriteHeader(destination, 0, 0, sign, 0);
        return HeaderSize;
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

    static ulong[] MakePowers()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
