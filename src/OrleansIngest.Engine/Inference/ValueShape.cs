using System.Globalization;
using System.Text.Json;

namespace OrleansIngest.Engine.Inference;

/// <summary>Determines the types that a value may have. Stricter than PostgreSQL: accepts only unambiguous forms, so that a code
/// such as <c>007</c> stays text.</summary>
static class ValueShape
{
    const int MaxNumberLength = 100;

    static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF",
        "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFF",
    ];

    /// <summary>All shapes that fit.</summary>
    public static ValueShapes Of(string value)
    {
        if (value.Length == 0)
            return ValueShapes.None; // a quoted empty text
        var first = value[0];
        if (char.IsAsciiDigit(first) || first == '-')
            return NumberOrTime(value);
        if (first is '{' or '[')
            return IsJson(value) ? ValueShapes.Json : ValueShapes.None;
        if (value.ToUpperInvariant() is "TRUE" or "FALSE" or "YES" or "NO")
            return ValueShapes.Boolean;
        return IsUuid(value) ? ValueShapes.Uuid : ValueShapes.None;
    }

    static ValueShapes NumberOrTime(string value)
    {
        if (IsNumber(value, out var whole))
            return whole && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? ValueShapes.Integer | ValueShapes.Number
                : ValueShapes.Number;
        if (IsUuid(value))
            return ValueShapes.Uuid;
        if (DateTime.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return ValueShapes.Date | ValueShapes.Timestamp;
        var zone = ZoneStart(value);
        return DateTime.TryParseExact(value[..zone], TimestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? zone == value.Length ? ValueShapes.Timestamp : ValueShapes.Instant
            : ValueShapes.None;
    }

    /// <summary>Digits without leading zeros, optionally with a fraction and an exponent.</summary>
    static bool IsNumber(string value, out bool whole)
    {
        whole = false;
        if (value.Length > MaxNumberLength)
            return false;
        var at = value[0] == '-' ? 1 : 0;
        var start = at;
        Digits(ref at);
        if (at == start || (value[start] == '0' && at - start > 1))
            return false;
        whole = at == value.Length;
        if (at < value.Length && value[at] == '.')
        {
            start = ++at;
            Digits(ref at);
            if (at == start)
                return false;
        }

        if (at < value.Length && value[at] is 'e' or 'E')
        {
            // Programs write exponents with a decimal point or a sign (1.5E7, 1e+05); 12E4 is more likely a code.
            var hasPoint = value.AsSpan(0, at).Contains('.');
            at++;
            if (at < value.Length && value[at] is '+' or '-')
                at++;
            else if (!hasPoint)
                return false;
            start = at;
            Digits(ref at);
            if (at == start || at - start > 2)
                return false;
        }

        return at == value.Length;

        void Digits(ref int position)
        {
            while (position < value.Length && char.IsAsciiDigit(value[position]))
                position++;
        }
    }

    /// <summary>Where <c>Z</c>, <c> UTC</c>, <c>+02</c> or <c>+02:00</c> begins; the value's length if there is none.</summary>
    static int ZoneStart(string value)
    {
        if (value.EndsWith('Z'))
            return value.Length - 1;
        if (value.EndsWith(" UTC", StringComparison.Ordinal))
            return value.Length - 4;
        var sign = value.LastIndexOfAny(['+', '-']);
        if (sign < "yyyy-MM-dd".Length)
            return value.Length;
        var zone = value.AsSpan(sign + 1);
        var isZone = (zone.Length == 2 || (zone.Length == 5 && zone[2] == ':'))
            && int.TryParse(zone[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours < 16
            && (zone.Length == 2 || (int.TryParse(zone[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
                && minutes < 60));
        return isZone ? sign : value.Length;
    }

    static bool IsUuid(string value) => value.Length == 36 && Guid.TryParseExact(value, "D", out _);

    static bool IsJson(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return !value.Contains("\\u", StringComparison.Ordinal); // jsonb refuses some escapes
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
