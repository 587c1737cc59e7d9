using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Dates of three numbers in a configured order, independent of the session's DateStyle.</summary>
sealed class DateReading(DatePartOrder order) : ValueReading
{
    const int PivotYear = 70; // as PostgreSQL reads two digits

    public override int Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text = ServerText.Trim(text);
        var first = Digits(text);
        if (order == DatePartOrder.Ymd && MayBeAnotherOrder(text)) return Refused;
        // A leading four-digit year, words, or a single number are the same in any order.
        if (first is 0 or 4 || first == text.Length || !IsSeparator(text[first])) return Copy(text, destination);
        var rest = text[(first + 1)..];
        var second = Digits(rest);
        if (second == 0) return Copy(text, destination); // the name of a month
        if (second == rest.Length || rest[second] != text[first]) return IsTime(text[first]) ? Copy(text, destination) : Refused;
        var last = rest[(second + 1)..];
        var third = Digits(last);
        if (first > 2 || second > 2 || third is 0 or 3 or > 4) return Refused;
        var (a, b, c) = (Value(text[..first]), Value(rest[..second]), Value(last[..third]));
        if (order == DatePartOrder.Ymd && third == 4) return Refused;
        var (year, month, day, digits) = order switch
        {
            DatePartOrder.Dmy => (c, b, a, third),
            DatePartOrder.Mdy => (c, a, b, third),
            _ => (a, b, c, first),
        };
        if (digits < 4) year += year < PivotYear ? 2000 : 1900;
        Write(destination, year, month, day);
        last[third..].CopyTo(destination[10..]);
        return 10 + last.Length - third;
    }

    public override string Explain(ReadOnlySpan<byte> text) => $"{ServerText.Quote(text)} is not a date in the order {Order}";

    string Order => order switch
    {
        DatePartOrder.Dmy => "day, month, year",
        DatePartOrder.Mdy => "month, day, year",
        _ => "year, month, day",
    };

    /// <summary>Whether the text has a name of a month and no full year: 01-Feb-03 is 2001 only for a session that reads the year
    /// first.</summary>
    static bool MayBeAnotherOrder(ReadOnlySpan<byte> text)
    {
        var (letters, digits, run) = (false, false, 0);
        foreach (var sign in text)
        {
            run = ServerText.IsDigit(sign) ? run + 1 : 0;
            if (run == 4) return false;
            digits |= run > 0;
            letters |= (sign | 0x20) is >= 'a' and <= 'z';
        }

        return letters && digits;
    }

    static bool IsSeparator(byte sign) => sign is (byte)'/' or (byte)'-' or (byte)'.' or (byte)' ';

    /// <summary>A space may precede a time, after a date in one number.</summary>
    static bool IsTime(byte separator) => separator == ' ';

    static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    static int Digits(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < text.Length && ServerText.IsDigit(text[count])) count++;
        return count;
    }

    static int Value(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = (10 * value) + digit - '0';
        return value;
    }

    static void Write(Span<byte> destination, int year, int month, int day)
    {
        Pair(destination, year / 100);
        Pair(destination[2..], year % 100);
        destination[4] = destination[7] = (byte)'-';
        Pair(destination[5..], month);
        Pair(destination[8..], day);
    }

    static void Pair(Span<byte> destination, int value) =>
        (destination[0], destination[1]) = ((byte)('0' + (value / 10)), (byte)('0' + (value % 10)));
}
