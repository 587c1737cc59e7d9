using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>The values of cells as the text that PostgreSQL reads.</summary>
static class CellText
{
    const long MillisPerDay = 86_400_000;
    const int From1900 = -25_569, From1904 = -24_107; // day 0 of both date systems, since 1970-01-01; that of 1900 from day 61 on
    const int LastSerial = 2_958_465;                 // 9999-12-31

    /// <summary>A number: the shortest digits that represent the same number, without an exponent where whole numbers may be
    /// meant.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt < 0) return text;
        var exponent = int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is < 0 or > 20) return text[..exponentAt] + "e" + text[(exponentAt + 1)..];
        var sign = text[0] == '-' ? "-" : "";
        var digits = text[sign.Length..exponentAt].Replace(".", "", StringComparison.Ordinal);
        return digits.Length > exponent + 1
            ? $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}"
            : sign + digits.PadRight(exponent + 1, '0');
    }

    /// <summary>A date, a time or both.</summary>
    /// <param name="serial">Days, with a fraction.</param>
    /// <param name="kind">The part that the cell's format shows.</param>
    /// <param name="is1904">Whether the workbook counts from 1904.</param>
    /// <param name="problem">Why it is invalid; otherwise null.</param>
    public static string Moment(double serial, CellNumber kind, bool is1904, out string? problem)
    {
        problem = null;
        if (!(serial >= 0 && serial < LastSerial + 1) && kind != CellNumber.Duration)
        {
            problem = $"{Number(serial)} is not an Excel date";
            return "";
        }

        // Excel itself shows at most milliseconds; the fraction of a day is no more precise.
        var total = (long)Math.Round(serial * MillisPerDay);
        if (kind == CellNumber.Duration) return Duration(total);
        var (days, millis) = (total / MillisPerDay, total % MillisPerDay);
        Span<byte> text = stackalloc byte[TimeText.MaxBytes];
        if (kind == CellNumber.Time && days == 0)
            return Encoding.ASCII.GetString(text[..TimeText.Time(millis * 1_000_000, text)]);
        if (!is1904 && days is 0 or 60)
        {
            problem = (days == 0 ? "1900-01-00, day 0" : "1900-02-29, day 60") + " of Excel's calendar, is not a date";
            return "";
        }

        var since1970 = days + (is1904 ? From1904 : days < 60 ? From1900 + 1 : From1900);
        var length = kind == CellNumber.Date && millis == 0
            ? TimeText.Date(since1970, text)
            : TimeText.Timestamp(since1970, millis * 1_000_000, isUtc: false, text);
        return Encoding.ASCII.GetString(text[..length]);
    }

    /// <summary>Resolves <c>_x000D_</c>, which stands for a character that XML cannot hold.</summary>
    public static string Unescape(string text)
    {
        var at = text.IndexOf("_x", StringComparison.Ordinal);
        if (at < 0) return text;
        var result = new StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0; at = text.IndexOf("_x", at, StringComparison.Ordinal))
        {
            if (at + 7 > text.Length || text[at + 6] != '_'
                || !int.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out var code))
            {
                at += 2;
                continue;
            }

            result.Append(text, from, at - from).Append((char)code);
            at += 7;
            from = at;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    static string Duration(long millis)
    {
        var sign = millis < 0 ? "-" : "";
        millis = Math.Abs(millis);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{sign}{millis / 3_600_000:00}:{millis / 60_000 % 60:00}:{millis / 1000 % 60:00}");
        return millis % 1000 == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}.{millis % 1000:000}");
    }
}
