using System.Buffers.Text;

namespace OrleansIngest.Engine.Formats;

/// <summary>Dates and times as PostgreSQL parses them with every setting of DateStyle: ISO, with BC after a year before
/// 1.</summary>
/// <remarks>Hot: allocates nothing. Accepts any number: PostgreSQL refuses those out of its range.</remarks>
static class TimeText
{
    /// <summary>More than any text here needs.</summary>
    public const int MaxBytes = 64;

    public const long NanosPerDay = 86_400_000_000_000;

    /// <summary>A date.</summary>
    /// <param name="days">Since 1970-01-01.</param>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    public static int Date(long days, Span<byte> target)
    {
        var length = YearMonthDay(days, target, out var isBefore);
        return isBefore ? length + Bc(target[length..]) : length;
    }

    /// <summary>A date and time.</summary>
    /// <param name="days">Since 1970-01-01.</param>
    /// <param name="nanos">Nanoseconds of that day.</param>
    /// <param name="isUtc">Whether to append the time zone.</param>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    public static int Timestamp(long days, long nanos, bool isUtc, Span<byte> target)
    {
        var length = YearMonthDay(days, target, out var isBefore);
        target[length++] = (byte)' ';
        length += Time(nanos, target[length..]);
        if (isUtc)
        {
            "+00"u8.CopyTo(target[length..]);
            length += 3;
        }

        return isBefore ? length + Bc(target[length..]) : length;
    }

    /// <summary>A time of day.</summary>
    public static int Time(long nanos, Span<byte> target)
    {
        var seconds = nanos / 1_000_000_000;
        var length = Digits(seconds / 3600, 2, target);
        target[length++] = (byte)':';
        length += Digits(seconds / 60 % 60, 2, target[length..]);
        target[length++] = (byte)':';
        length += Digits(seconds % 60, 2, target[length..]);
        var fraction = nanos % 1_000_000_000;
        if (fraction == 0) return length;
        target[length++] = (byte)'.';
        if (fraction % 1_000_000 == 0) return length + Digits(fraction / 1_000_000, 3, target[length..]);
        if (fraction % 1_000 == 0) return length + Digits(fraction / 1_000, 6, target[length..]);
        return length + Digits(fraction, 9, target[length..]);
    }

    /// <summary>Divides a count since 1970 into days and the nanoseconds of the day.</summary>
    public static (long Days, long Nanos) Split(long count, long perDay)
    {
        var days = Math.DivRem(count, perDay, out var rest);
        if (rest < 0) (days, rest) = (days - 1, rest + perDay);
        return (days, rest * (NanosPerDay / perDay));
    }

    /// <summary>The proleptic Gregorian calendar, by eras of 400 years.</summary>
    static int YearMonthDay(long days, Span<byte> target, out bool isBefore)
    {
        days += 719_468; // since 0000-03-01
        var era = Math.DivRem(days, 146_097, out var dayOfEra);
        if (dayOfEra < 0) (era, dayOfEra) = (era - 1, dayOfEra + 146_097);
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var shifted = (5 * dayOfYear + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        var year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0);
        isBefore = year <= 0;
        if (isBefore) year = 1 - year;
        int length;
        if (year <= 9999) length = Digits(year, 4, target);
        else Utf8Formatter.TryFormat(year, target, out length);
        target[length++] = (byte)'-';
        length += Digits(month, 2, target[length..]);
        target[length++] = (byte)'-';
        return length + Digits(dayOfYear - (153 * shifted + 2) / 5 + 1, 2, target[length..]);
    }

    static int Bc(Span<byte> target)
    {
        " BC"u8.CopyTo(target);
        return 3;
    }

    static int Digits(long value, int width, Span<byte> target)
    {
        for (var i = width - 1; i >= 0; i--)
        {
            target[i] = (byte)('0' + value % 10);
            value /= 10;
        }

        return width;
    }
}
