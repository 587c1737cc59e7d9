using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>interval: amounts with units, each unit once and without a sign, optionally followed by HH:MM:SS, such as <c>1 day
/// 02:03:04.5</c>. Everything else (ISO 8601's P1D, signs, "ago", fractions of units) is left to the server, because it depends
/// on IntervalStyle.</summary>
sealed class IntervalEncoder(int typeModifier) : ColumnEncoder
{
    const int MostDigits = 6;

    [Flags]
    enum Unit
    {
        None = 0,
        Year = 1,
        Month = 2,
        Week = 4,
        Day = 8,
        Hour = 16,
        Minute = 32,
        Second = 64,
        Time = Hour | Minute | Second,
    }

    readonly bool _limited = typeModifier >= 0;

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var trimmed = ServerText.Trim(text);
        if (_limited || !TryParse(trimmed, out var months, out var days, out var microseconds))
            return MayBeNumberless(trimmed) ? AskServer : DateTimeKeywords.ClassifyUnknown(text);
        BinaryPrimitives.WriteInt64BigEndian(destination, microseconds);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], days);
        BinaryPrimitives.WriteInt32BigEndian(destination[12..], months);
        return 16;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("interval", text);

    /// <summary>The server accepts "PT" and "." as zero.</summary>
    static bool MayBeNumberless(ReadOnlySpan<byte> text)
        => (text.Length > 0 && (text[0] | 0x20) == 'p') || text.Contains((byte)'.');

    static bool TryParse(ReadOnlySpan<byte> text, out int months, out int days, out long microseconds)
    {
        (months, days, microseconds) = (0, 0, 0);
        var seen = Unit.None;
        while (text.Length > 0)
        {
            var digits = CountDigits(text);
            if (digits is 0 or > MostDigits)
                return false;
            if (digits < text.Length && text[digits] == ':')
                return (seen & Unit.Time) == 0 && TryParseClock(text, digits, out microseconds);

            var amount = Number(text[..digits]);
            text = TrimStart(text[digits..]);
            var letters = 0;
            while (letters < text.Length && (uint)((text[letters] | 0x20) - 'a') < 26)
                letters++;
            var unit = UnitOf(text[..letters]);
            text = text[letters..];
            if (unit == Unit.None || (seen & unit) != 0 || (text.Length > 0 && !ServerText.IsSpace(text[0])))
                return false;
            text = TrimStart(text);
            seen |= unit;
            switch (unit)
            {
                case Unit.Year: months += amount * 12; break;
                case Unit.Month: months += amount; break;
                case Unit.Week: days += amount * 7; break;
                case Unit.Day: days += amount; break;
                case Unit.Hour: microseconds += amount * 3600L * ParsedDateTime.Second; break;
                case Unit.Minute: microseconds += amount * 60L * ParsedDateTime.Second; break;
                default: microseconds += amount * ParsedDateTime.Second; break;
            }
        }

        return seen != Unit.None;
    }

    static bool TryParseClock(ReadOnlySpan<byte> text, int digits, out long microseconds)
    {
        microseconds = 0;
        var rest = text[(digits + 1)..];
        if (rest.Length < 5 || rest[2] != ':' || CountDigits(rest) != 2 || CountDigits(rest[3..]) != 2)
            return false;
        var (minute, second) = (Number(rest[..2]), Number(rest[3..5]));
        var fraction = 0;
        if (rest.Length > 5)
        {
            var places = CountDigits(rest[6..]);
            if (rest[5] != '.' || places is 0 or > 6 || rest.Length != 6 + places)
                return false;
            fraction = Number(rest[6..]);
            for (; places < 6; places++)
                fraction *= 10;
        }

        microseconds = (((Number(text[..digits]) * 3600L) + (minute * 60) + second) * ParsedDateTime.Second) + fraction;
        return minute < 60 && second < 60;
    }

    static Unit UnitOf(ReadOnlySpan<byte> word)
    {
        if (word.Length > 3 && (word[^1] | 0x20) == 's')
            word = word[..^1];
        return Is(word, "day"u8) ? Unit.Day
            : Is(word, "hour"u8) ? Unit.Hour
            : Is(word, "minute"u8) || Is(word, "min"u8) ? Unit.Minute
            : Is(word, "second"u8) || Is(word, "sec"u8) ? Unit.Second
            : Is(word, "week"u8) ? Unit.Week
            : Is(word, "month"u8) || Is(word, "mon"u8) ? Unit.Month
            : Is(word, "year"u8) ? Unit.Year
            : Unit.None;
    }

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => ServerText.EqualsIgnoreCase(word, name);

    static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    static int Number(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return value;
    }

    static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && ServerText.IsSpace(text[start]))
            start++;
        return text[start..];
    }
}
