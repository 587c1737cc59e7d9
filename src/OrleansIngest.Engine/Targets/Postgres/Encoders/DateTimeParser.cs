using static OrleansIngest.Engine.Targets.Postgres.Encoders.DigitText;

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
            outcome = TimeOfDayParser.Parse(text[(length + 1)..], out time, out hasZone, out offset);
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
            fraction = TimeOfDayParser.Microseconds(text[20..], out var count);
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
                if (!TimeOfDayParser.ParseOffset(text[at..], out offset))
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
}
