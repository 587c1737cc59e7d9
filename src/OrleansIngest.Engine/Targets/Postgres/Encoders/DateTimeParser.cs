using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>
/// The most common forms: <c>YYYY-MM-DD</c>, or by DateStyle <c>M/D/YYYY</c> or <c>D/M/YYYY</c>, then a space or T and
/// <c>HH:MM[:SS[.f…]]</c>, then AM or PM, or Z, UTC, GMT, +hh, +hhmm or +hh:mm. Anything else is left to the server.
/// </summary>
/// <remarks>Hot: no allocation, no exception.</remarks>
static class DateTimeParser
{
    /// <summary>Not one of the forms.</summary>
    public const int Unknown = ColumnEncoder.AskServer;

    /// <summary>One of the forms, but the day or time does not exist.</summary>
    public const int OutOfRange = ColumnEncoder.Rejected;

    static ReadOnlySpan<int> Units => [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    static readonly double[] PowerOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <returns>0, <see cref="Unknown"/> or <see cref="OutOfRange"/>.</returns>
    public static int ParseDateTime(ReadOnlySpan<byte> text, DateOrder order, out ParsedDateTime value)
    {
        if (ParseIso(text, out value))
            return 0;
        text = ServerText.Trim(text);
        int year, month, day, length;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !FourDigits(text, out year) || !TwoDigits(text, 5, out month) || !TwoDigits(text, 8, out day))
        {
            if (!ParseOtherDate(text, order, out year, out month, out day, out length))
                return Unknown;
        }
        else
        {
            length = 10;
        }

        long time = 0;
        var (hasZone, offset) = (false, 0);
        var outcome = 0;
        if (text.Length > length)
        {
            if (text[length] is not ((byte)' ' or (byte)'T'))
                return Unknown;
            outcome = ParseTime(text[(length + 1)..], out time, out hasZone, out offset);
            if (outcome == Unknown)
                return Unknown;
        }

        if (year == 0 || (uint)(month - 1) > 11 || (uint)(day - 1) > 30 || (day > 28 && day > DaysInMonth(year, month)))
            return OutOfRange;
        value = new ParsedDateTime(DaysSince2000(year, month, day), time, hasZone, offset);
        return outcome;
    }

    /// <summary>The exact form that most files have: <c>YYYY-MM-DDTHH:MM:SS[.f{1,6}]</c>, then nothing, <c>Z</c>, <c>±HH</c>
    /// (what PostgreSQL itself writes) or <c>±HH:MM</c>, with everything in its range.</summary>
    static bool ParseIso(ReadOnlySpan<byte> text, out ParsedDateTime value)
    {
        value = default;
        if ((uint)(text.Length - 19) > 13 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':'
            || text[10] is not ((byte)'T' or (byte)' ')
            || !FourDigits(text, out var year) || !TwoDigits(text, 5, out var month) || !TwoDigits(text, 8, out var day)
            || !TwoDigits(text, 11, out var hour) || !TwoDigits(text, 14, out var minute) || !TwoDigits(text, 17, out var second)
            || year == 0 || (uint)(month - 1) > 11 || (uint)(day - 1) > 27 || hour > 23 || minute > 59 || second > 59)
            return false;
        var at = 19;
        var fraction = 0;
        if (text.Length > 19 && text[19] == '.')
        {
            fraction = Microseconds(text[20..], out var count);
            if (count is 0 or > 6)
                return false;
            at = 20 + count;
        }

        var (hasZone, offset) = (false, 0);
        if (at < text.Length)
        {
            hasZone = true;
            if (text[at] is (byte)'+' or (byte)'-')
            {
                if (!ParseOffset(text[at..], out offset))
                    return false;
            }
            else if (text[at] != 'Z' || at + 1 < text.Length)
            {
                return false;
            }
        }

        var time = ((((hour * 60L) + minute) * 60) + second) * ParsedDateTime.Second + fraction;
        value = new ParsedDateTime(DaysSince2000(year, month, day), time, hasZone, offset);
        return true;
    }

    /// <summary>Parses the leading digits of a text as a fraction of a second. Up to six are exact microseconds, because the
    /// server's double rounds to the same.</summary>
    /// <param name="text">The text after the decimal point.</param>
    /// <param name="count">Number of digits; 7 for more than six, which must be rounded.</param>
    static int Microseconds(ReadOnlySpan<byte> text, out int count)
    {
        var value = 0;
        for (count = 0; count < text.Length; count++)
        {
            var digit = (uint)(text[count] - '0');
            if (digit > 9)
                break;
            if (count == 6)
            {
                count = 7;
                return 0;
            }

            value = (value * 10) + (int)digit;
        }

        return value * Units[count];
    }

    /// <returns>0, <see cref="Unknown"/> or <see cref="OutOfRange"/>.</returns>
    public static int ParseTime(ReadOnlySpan<byte> text, out long time, out bool hasZone, out int offsetSeconds)
    {
        (time, hasZone, offsetSeconds) = (0, false, 0);
        var at = text.Length > 1 && text[1] == ':' ? 1 : 2; // where the hour ends
        if (text.Length < at + 3 || text[at] != ':' || !TwoDigits(text, at + 1, out var minute))
            return Unknown;
        if (!TryDigits(text[..at], out var hour))
            return Unknown;
        at += 3;
        int second = 0, fraction = 0;
        if (at < text.Length && text[at] == ':')
        {
            if (text.Length < at + 3 || !TwoDigits(text, at + 1, out second))
                return Unknown;
            at += 3;
            if (at < text.Length && text[at] == '.' && !ParseFraction(text, ref at, out fraction))
                return Unknown;
        }

        if (at < text.Length && !ParseZone(text[at..], out hasZone, out offsetSeconds))
        {
            hasZone = false;
            if (second > 59 || !ParseHalf(text[at..], ref hour)) // the server bounds 11:59:60 PM differently for each type
                return Unknown;
        }

        time = ((((hour * 60L) + minute) * 60) + second) * ParsedDateTime.Second + fraction;
        return hour > 24 || minute > 59 || second > 60 || time > ParsedDateTime.Day ? OutOfRange : 0;
    }

    /// <summary>Digits in three parts with one kind of separator: the year first with four digits,
    /// or by the session's order.</summary>
    static bool ParseOtherDate(ReadOnlySpan<byte> text, DateOrder order, out int year, out int month, out int day, out int length)
    {
        (year, month, day) = (0, 0, 0);
        var first = CountDigits(text);
        length = first;
        if (first is 0 or 3 or > 4 || first == text.Length || text[first] is not ((byte)'/' or (byte)'-' or (byte)'.'))
            return false;
        var rest = text[(first + 1)..];
        var second = CountDigits(rest);
        if (second is 0 or > 2 || second == rest.Length || rest[second] != text[first])
            return false;
        var last = rest[(second + 1)..];
        var third = CountDigits(last);
        if (third is 0 or 3 or > 4)
            return false;
        length = first + second + third + 2;
        TryDigits(text[..first], out var a);
        TryDigits(rest[..second], out var b);
        TryDigits(last[..third], out var c);
        if (first == 4)
        {
            (year, month, day) = (a, b, c);
            return third <= 2;
        }

        (year, month, day) = order == DateOrder.MonthDayYear ? (c, a, b) : (c, b, a);
        return third == 4 && order != DateOrder.YearMonthDay;
    }

    /// <summary>AM or PM at the end; an hour above 12 becomes an invalid one.</summary>
    static bool ParseHalf(ReadOnlySpan<byte> text, ref int hour)
    {
        if (text[0] == ' ')
            text = text[1..];
        var afternoon = ServerText.EqualsIgnoreCase(text, "pm"u8);
        if (!afternoon && !ServerText.EqualsIgnoreCase(text, "am"u8))
            return false;
        hour = hour > 12 ? 99 : (hour % 12) + (afternoon ? 12 : 0);
        return true;
    }

    /// <summary>Rounds to microseconds by the server's own arithmetic: through a double, half to even.</summary>
    static bool ParseFraction(ReadOnlySpan<byte> text, ref int at, out int microseconds)
    {
        microseconds = Microseconds(text[++at..], out var few);
        if (few <= 6)
        {
            at += few;
            return few > 0;
        }

        long digits = 0;
        var start = at;
        for (; at < text.Length && ServerText.IsDigit(text[at]) && at - start < 16; at++)
            digits = (digits * 10) + text[at] - '0';
        var count = at - start;
        microseconds = 0;
        if (count is 0 or > 15)
            return false;
        microseconds = (int)Math.Round(digits / PowerOfTen[count] * 1e6, MidpointRounding.ToEven);
        return true;
    }

    static bool ParseZone(ReadOnlySpan<byte> text, out bool hasZone, out int offsetSeconds)
    {
        offsetSeconds = 0;
        hasZone = true;
        if (text[0] == ' ')
            text = text[1..];
        if (text.Length == 0)
            return false;
        if (text[0] is (byte)'+' or (byte)'-')
            return ParseOffset(text, out offsetSeconds);
        return ServerText.EqualsIgnoreCase(text, "z"u8) || ServerText.EqualsIgnoreCase(text, "utc"u8)
            || ServerText.EqualsIgnoreCase(text, "gmt"u8);
    }

    static bool ParseOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        var minute = 0;
        if (text.Length is not (3 or 5 or 6) || !TwoDigits(text, 1, out var hour) || hour > 15)
            return false;
        if (text.Length > 3
            && (!TwoDigits(text, text.Length - 2, out minute) || minute > 59 || (text.Length == 6 && text[3] != ':')))
            return false;
        seconds = ((hour * 60) + minute) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    public static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Days since 2000-01-01 in the proleptic Gregorian calendar, for years from 1.</summary>
    public static int DaysSince2000(int year, int month, int day)
    {
        // Years start in March here, so that the leap day is the last one.
        if (month < 3)
            (year, month) = (year - 1, month + 12);
        return (365 * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * month) - 457) / 5) + day - 730_426;
    }

    static bool FourDigits(ReadOnlySpan<byte> text, out int value)
    {
        // Four digits at once: the bytes' high halves must be 3, and adding 6 must not carry into them.
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(text);
        value = (int)((((bytes & 0x0F0F0F0F) * ((10 << 8) + 1)) >> 8) & 0x00FF00FF);
        value = ((value & 0xFF) * 100) + (value >> 16);
        return ((bytes & 0xF0F0F0F0) | (((bytes + 0x06060606) & 0xF0F0F0F0) >> 4)) == 0x33333333;
    }

    static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = 0;
        while (end < text.Length && ServerText.IsDigit(text[end]))
            end++;
        return end;
    }

    static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!ServerText.IsDigit(digit))
                return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }
}
