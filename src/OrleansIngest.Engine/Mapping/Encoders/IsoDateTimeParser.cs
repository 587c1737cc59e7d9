using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Engine.Mapping.Encoders;

/// <summary>
/// The shapes that files are full of: <c>YYYY-MM-DD</c>, then a blank or T and <c>HH:MM[:SS[.f…]]</c>, then Z, UTC, GMT, +hh, +hhmm
/// or +hh:mm. They mean the same under every DateStyle. Anything else is for the server.
/// </summary>
/// <remarks>Hot: no allocation, no exception.</remarks>
static class IsoDateTimeParser
{
    /// <summary>Not one of the shapes.</summary>
    public const int Unknown = ColumnEncoder.AskServer;

    /// <summary>One of the shapes, but there is no such day or time.</summary>
    public const int OutOfRange = ColumnEncoder.Rejected;

    static readonly double[] PowerOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <returns>0, <see cref="Unknown"/> or <see cref="OutOfRange"/>.</returns>
    public static int ParseDateTime(ReadOnlySpan<byte> text, out IsoDateTime value)
    {
        value = default;
        text = ServerText.Trim(text);
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !FourDigits(text, out var year) || !TwoDigits(text, 5, out var month) || !TwoDigits(text, 8, out var day))
            return Unknown;

        long time = 0;
        var (hasZone, offset) = (false, 0);
        var outcome = 0;
        if (text.Length > 10)
        {
            if (text[10] is not ((byte)' ' or (byte)'T'))
                return Unknown;
            outcome = ParseTime(text[11..], out time, out hasZone, out offset);
            if (outcome == Unknown)
                return Unknown;
        }

        if (year == 0 || (uint)(month - 1) > 11 || (uint)(day - 1) > 30 || (day > 28 && day > DaysInMonth(year, month)))
            return OutOfRange;
        value = new IsoDateTime(DaysSince2000(year, month, day), time, hasZone, offset);
        return outcome;
    }

    /// <returns>0, <see cref="Unknown"/> or <see cref="OutOfRange"/>.</returns>
    public static int ParseTime(ReadOnlySpan<byte> text, out long time, out bool hasZone, out int offsetSeconds)
    {
        (time, hasZone, offsetSeconds) = (0, false, 0);
        if (text.Length < 5 || text[2] != ':' || !TwoDigits(text, 0, out var hour) || !TwoDigits(text, 3, out var minute))
            return Unknown;
        var at = 5;
        int second = 0, fraction = 0;
        if (text.Length > 5 && text[5] == ':')
        {
            if (text.Length < 8 || !TwoDigits(text, 6, out second))
                return Unknown;
            at = 8;
            if (text.Length > 8 && text[8] == '.' && !ParseFraction(text, ref at, out fraction))
                return Unknown;
        }

        if (at < text.Length && !ParseZone(text[at..], out hasZone, out offsetSeconds))
            return Unknown;
        time = ((((hour * 60L) + minute) * 60) + second) * IsoDateTime.Second + fraction;
        return hour > 24 || minute > 59 || second > 60 || time > IsoDateTime.Day ? OutOfRange : 0;
    }

    /// <summary>Rounds to microseconds by the server's own arithmetic: through a double, half to even.</summary>
    static bool ParseFraction(ReadOnlySpan<byte> text, ref int at, out int microseconds)
    {
        long digits = 0;
        var start = ++at;
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
        if (text.Length > 3 && (!TwoDigits(text, text.Length - 2, out minute) || minute > 59 || (text.Length == 6 && text[3] != ':')))
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }
}
