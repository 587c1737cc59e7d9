using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A format of dates or times, as a template of <c>to_timestamp</c>. Converts such texts to ISO 8601.
/// Immutable.</summary>
sealed class DateTemplate
{
    const int PivotYear = 70; // 69 is 2069, 70 is 1970, as in PostgreSQL

    enum Part
    {
        Literal, Year, ShortYear, Month, MonthName, ShortMonthName, Day,
        Hour24, Hour12, Minute, Second, Fraction, Half, ZoneHour, ZoneMinute,
    }

    // A sign comes before its own prefixes.
    static readonly (string Sign, Part Part)[] Signs =
    [
        ("YYYY", Part.Year), ("YY", Part.ShortYear), ("MONTH", Part.MonthName), ("MON", Part.ShortMonthName), ("MM", Part.Month),
        ("MI", Part.Minute), ("MS", Part.Fraction), ("US", Part.Fraction), ("FF", Part.Fraction), ("DD", Part.Day),
        ("HH24", Part.Hour24), ("HH12", Part.Hour12), ("HH", Part.Hour12), ("SS", Part.Second), ("AM", Part.Half),
        ("PM", Part.Half),
        ("TZH", Part.ZoneHour), ("TZM", Part.ZoneMinute),
    ];

    static readonly byte[][] Months =
        [.. CultureInfo.InvariantCulture.DateTimeFormat.MonthNames.Take(12).Select(Encoding.ASCII.GetBytes)];

    readonly (Part Part, byte[] Literal)[] _parts;

    readonly bool _hasDate;
    readonly bool _hasTime;

    DateTemplate((Part Part, byte[] Literal)[] parts, string text)
    {
        (_parts, Text) = (parts, text);
        _hasDate = Array.Exists(parts, p => p.Part == Part.Day);
        _hasTime = Array.Exists(parts, p => p.Part is Part.Hour24 or Part.Hour12);
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>Parses a template.</summary>
    /// <returns>What is wrong with it; null if it is valid.</returns>
    public static string? Parse(string text, out DateTemplate? template)
    {
        template = null;
        var parts = new List<(Part Part, byte[] Literal)>();
        for (var at = 0; at < text.Length;)
        {
            var rest = text[at..];
            var (sign, part) = Signs.FirstOrDefault(known => rest.StartsWith(known.Sign, StringComparison.OrdinalIgnoreCase));
            if (sign is not null)
            {
                if (parts.Any(other => Stands(other.Part) == Stands(part))) return $"{sign} repeats a part";
                parts.Add((part, []));
                at += sign.Length;
                continue;
            }

            var quoted = rest[0] == '"' ? rest.IndexOf('"', 1) : -1;
            if (rest[0] == '"' && quoted < 0) return "a quote is not closed";
            var literal = quoted > 0 ? rest[1..quoted] : rest[..1];
            if (quoted < 0 && char.IsLetterOrDigit(literal[0]) && literal is not "T")
                return $"has an unknown part '{literal}'; put other text in double quotes";
            parts.Add((Part.Literal, Encoding.UTF8.GetBytes(literal)));
            at += quoted > 0 ? quoted + 1 : 1;
        }

        if (Incomplete([.. parts.Select(p => p.Part)]) is { } problem) return problem;
        template = new DateTemplate([.. parts], text);
        return null;
    }

    /// <summary>Converts a text.</summary>
    /// <param name="text">The text, trimmed.</param>
    /// <param name="destination">At least 64 bytes; receives <c>YYYY-MM-DD HH:MM:SS.f+HH:MM</c>, or the parts of it that the
    /// template has.</param>
    /// <returns>The number of bytes written; -1 if the text does not match the template.</returns>
    public int Read(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var read = new Values();
        for (var i = 0; i < _parts.Length; i++)
        {
            var (part, literal) = _parts[i];
            if (part == Part.Literal)
            {
                if (!text.StartsWith(literal)) return -1;
                text = text[literal.Length..];
                continue;
            }

            var next = i + 1 == _parts.Length ? Part.Literal : _parts[i + 1].Part;
            var isOpen = next is Part.Literal or Part.Half or Part.ZoneHour or Part.MonthName or Part.ShortMonthName;
            if (!Take(part, ref text, isOpen, ref read)) return -1;
        }

        return text.IsEmpty && Settle(ref read) ? Write(read, destination) : -1;
    }

    /// <summary>A number that parts of the same meaning share, such as month and month name.</summary>
    static int Stands(Part part) => part switch
    {
        Part.Literal => -1 - (int)part,
        Part.ShortYear => (int)Part.Year,
        Part.MonthName or Part.ShortMonthName => (int)Part.Month,
        Part.Hour12 => (int)Part.Hour24,
        _ => (int)part,
    };

    static string? Incomplete(Part[] parts)
    {
        var known = parts.Select(Stands).ToHashSet();
        bool Has(Part part) => known.Contains((int)part);
        var isDate = Has(Part.Year) && Has(Part.Month) && Has(Part.Day);
        if (!isDate && (Has(Part.Year) || Has(Part.Month) || Has(Part.Day))) return "needs year, month and day";
        if (!isDate && !Has(Part.Hour24)) return "has neither a date nor a time";
        if (Has(Part.Minute) && !Has(Part.Hour24)) return "has minutes without hours";
        if (Has(Part.Second) && !Has(Part.Minute)) return "has seconds without minutes";
        if (Has(Part.Fraction) && !Has(Part.Second)) return "has a fraction without seconds";
        if (Has(Part.ZoneMinute) && !Has(Part.ZoneHour)) return "has TZM without TZH";
        if (parts.Contains(Part.Hour12) != parts.Contains(Part.Half)) return "needs AM or PM with HH12, and neither with HH24";
        return null;
    }

    static bool Take(Part part, ref ReadOnlySpan<byte> text, bool isOpen, ref Values read)
    {
        switch (part)
        {
            case Part.Year: return Digits(ref text, 4, 4, out read.Year);
            case Part.ShortYear:
                return Digits(ref text, 2, 2, out read.Year)
                && (read.Year += read.Year < PivotYear ? 2000 : 1900) > 0;
            case Part.Month: return Digits(ref text, isOpen ? 1 : 2, 2, out read.Month);
            case Part.Day: return Digits(ref text, isOpen ? 1 : 2, 2, out read.Day);
            case Part.Hour24 or Part.Hour12: return Digits(ref text, isOpen ? 1 : 2, 2, out read.Hour);
            case Part.Minute: return Digits(ref text, 2, 2, out read.Minute);
            case Part.Second: return Digits(ref text, 2, 2, out read.Second);
            case Part.MonthName or Part.ShortMonthName: return MonthName(ref text, part == Part.ShortMonthName, out read.Month);
            case Part.Fraction:
                read.FractionDigits = CountDigits(text, 9);
                return Digits(ref text, Math.Max(1, read.FractionDigits), 9, out read.Fraction);
            case Part.Half: return Half(ref text, ref read);
            case Part.ZoneMinute: return Digits(ref text, 2, 2, out read.ZoneMinute);
            default: return Zone(ref text, ref read);
        }
    }

    static bool MonthName(ref ReadOnlySpan<byte> text, bool isShort, out int month)
    {
        for (month = 1; month <= Months.Length; month++)
        {
            var name = isShort ? Months[month - 1].AsSpan(0, 3) : Months[month - 1];
            if (text.Length < name.Length || !Ascii.EqualsIgnoreCase(text[..name.Length], name)) continue;
            text = text[name.Length..];
            return true;
        }

        return false;
    }

    static bool Half(ref ReadOnlySpan<byte> text, ref Values read)
    {
        if (text.Length < 2 || (text[1] | 0x20) != 'm' || (text[0] | 0x20) is not ('a' or 'p')) return false;
        read.Half = (text[0] | 0x20) == 'p' ? 2 : 1;
        text = text[2..];
        return true;
    }

    static bool Zone(ref ReadOnlySpan<byte> text, ref Values read)
    {
        if (text.IsEmpty || text[0] is not ((byte)'+' or (byte)'-')) return false;
        read.Zone = text[0];
        text = text[1..];
        return Digits(ref text, 2, 2, out read.ZoneHour);
    }

    static int CountDigits(ReadOnlySpan<byte> text, int most)
    {
        var count = 0;
        while (count < text.Length && count < most && char.IsAsciiDigit((char)text[count])) count++;
        return count;
    }

    static bool Digits(ref ReadOnlySpan<byte> text, int least, int most, out int value)
    {
        value = 0;
        var count = CountDigits(text, most);
        foreach (var digit in text[..count]) value = (10 * value) + digit - '0';
        text = text[count..];
        return count >= least;
    }

    /// <summary>Validates the parts and converts 12-hour to 24-hour time. A month of 13 does not match: another template may
    /// read it as a day.</summary>
    bool Settle(ref Values read)
    {
        if (_hasDate && (read.Month is 0 or > 12 || read.Day is 0 or > 31)) return false;
        if (read.Hour > 24 || read.Minute > 59 || read.Second > 60) return false;
        if (read.Half == 0) return true;
        if (read.Hour is 0 or > 12) return false;
        read.Hour = (read.Hour % 12) + (read.Half == 2 ? 12 : 0);
        return true;
    }

    int Write(in Values read, Span<byte> destination)
    {
        var length = 0;
        if (_hasDate)
        {
            Number(destination, ref length, read.Year, 4);
            Sign(destination, ref length, '-');
            Number(destination, ref length, read.Month, 2);
            Sign(destination, ref length, '-');
            Number(destination, ref length, read.Day, 2);
        }

        if (_hasTime)
        {
            if (length > 0) Sign(destination, ref length, ' ');
            Number(destination, ref length, read.Hour, 2);
            Sign(destination, ref length, ':');
            Number(destination, ref length, read.Minute, 2);
            Sign(destination, ref length, ':');
            Number(destination, ref length, read.Second, 2);
            if (read.FractionDigits > 0) Sign(destination, ref length, '.');
            Number(destination, ref length, read.Fraction, read.FractionDigits);
        }

        if (read.Zone == 0) return length;
        Sign(destination, ref length, (char)read.Zone);
        Number(destination, ref length, read.ZoneHour, 2);
        Sign(destination, ref length, ':');
        Number(destination, ref length, read.ZoneMinute, 2);
        return length;
    }

    static void Sign(Span<byte> destination, ref int length, char sign) => destination[length++] = (byte)sign;

    static void Number(Span<byte> destination, ref int length, int value, int digits)
    {
        for (var i = digits - 1; i >= 0; i--, value /= 10) destination[length + i] = (byte)('0' + (value % 10));
        length += digits;
    }

    struct Values
    {
        public int Year, Month, Day, Hour, Minute, Second, Fraction, FractionDigits, Half, ZoneHour, ZoneMinute;
        public byte Zone;
    }
}
