using static OrleansIngest.Engine.Targets.Postgres.Encoders.DigitText;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>The most common forms of a time of day: <c>HH:MM[:SS[.f…]]</c>, then AM or PM, or Z, UTC, GMT, +hh, +hhmm or +hh:mm.
/// Anything else is left to the server.</summary>
/// <remarks>Hot: no allocation, no exception.</remarks>
static class TimeOfDayParser
{
    static ReadOnlySpan<int> Units => [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    static readonly double[] PowerOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <returns>0, <see cref="DateTimeParser.Unknown"/> or <see cref="DateTimeParser.OutOfRange"/>.</returns>
    public static int Parse(ReadOnlySpan<byte> text, out long time, out bool hasZone, out int offsetSeconds)
    {
        (time, hasZone, offsetSeconds) = (0, false, 0);
        var at = text.Length > 1 && text[1] == ':' ? 1 : 2; // where the hour ends
        if (text.Length < at + 3 || text[at] != ':' || !TwoDigits(text, at + 1, out var minute))
            return DateTimeParser.Unknown;
        if (!TryDigits(text[..at], out var hour))
            return DateTimeParser.Unknown;
        at += 3;
        int second = 0, fraction = 0;
        if (at < text.Length && text[at] == ':')
        {
            if (text.Length < at + 3 || !TwoDigits(text, at + 1, out second))
                return DateTimeParser.Unknown;
            at += 3;
            if (at < text.Length && text[at] == '.' && !ParseFraction(text, ref at, out fraction))
                return DateTimeParser.Unknown;
        }

        if (at < text.Length && !ParseZone(text[at..], out hasZone, out offsetSeconds))
        {
            hasZone = false;
            if (second > 59 || !ParseHalf(text[at..], ref hour)) // the server bounds 11:59:60 PM differently for each type
                return DateTimeParser.Unknown;
        }

        time = ((((hour * 60L) + minute) * 60) + second) * ParsedDateTime.Second + fraction;
        return hour > 24 || minute > 59 || second > 60 || time > ParsedDateTime.Day ? DateTimeParser.OutOfRange : 0;
    }

    /// <summary>Parses the leading digits of a text as a fraction of a second. Up to six are exact microseconds, because the
    /// server's double rounds to the same.</summary>
    /// <param name="text">The text after the decimal point.</param>
    /// <param name="count">Number of digits; 7 for more than six, which must be rounded.</param>
    public static int Microseconds(ReadOnlySpan<byte> text, out int count)
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

    /// <summary>An offset from UTC: +hh, +hhmm or +hh:mm.</summary>
    public static bool ParseOffset(ReadOnlySpan<byte> text, out int seconds)
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
}
