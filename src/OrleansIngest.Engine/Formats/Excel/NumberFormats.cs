namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>The kind of a cell's number, by its number format.</summary>
enum CellNumber : byte
{
    Number,
    Date,
    DateTime,
    Time,

    /// <summary>Hours that exceed a day: <c>[h]:mm</c>.</summary>
    Duration,
}

/// <summary>Recognizes dates and times by number formats (ECMA-376 part 1, 18.8.30 and 18.8.31).</summary>
static class NumberFormats
{
    /// <summary>A built-in format, by its number.</summary>
    public static CellNumber BuiltIn(int id) => id switch
    {
        14 or 15 or 16 or 17 => CellNumber.Date,
        18 or 19 or 20 or 21 or 45 or 47 => CellNumber.Time,
        22 => CellNumber.DateTime,
        46 => CellNumber.Duration,
        >= 27 and <= 31 or 36 or (>= 50 and <= 54) or 57 or 58 => CellNumber.Date, // Chinese, Japanese and Korean ones
        >= 32 and <= 35 or 55 or 56 => CellNumber.Time,
        _ => CellNumber.Number,
    };

    /// <summary>A format defined in the workbook: its first section counts, without quoted texts and escaped
    /// characters.</summary>
    public static CellNumber Of(string code)
    {
        bool hasDay = false, hasTime = false, hasMonth = false;
        for (var i = 0; i < code.Length && code[i] != ';'; i++)
        {
            switch (code[i])
            {
                case '"':
                    i = code.IndexOf('"', i + 1);
                    if (i < 0) return CellNumber.Number;
                    break;
                case '\\' or '_' or '*':
                    i++;
                    break;
                case '[':
                    var end = code.IndexOf(']', i);
                    if (end < 0) return CellNumber.Number;
                    if (IsElapsed(code[(i + 1)..end].ToLowerInvariant())) return CellNumber.Duration;
                    i = end;
                    break;
                case 'G' or 'g' when code.AsSpan(i).StartsWith("general", StringComparison.OrdinalIgnoreCase):
                    return CellNumber.Number;
                case 'y' or 'Y' or 'd' or 'D':
                    hasDay = true;
                    break;
                case 'h' or 'H' or 's' or 'S':
                    hasTime = true;
                    break;
                case 'm' or 'M':
                    hasMonth = true;
                    break;
                case '0' or '#' or '?' or 'E' when !hasTime && !hasDay:
                    return CellNumber.Number; // 0.00E+00
            }
        }

        if (hasDay) return hasTime ? CellNumber.DateTime : CellNumber.Date;
        return hasTime ? CellNumber.Time : hasMonth ? CellNumber.Date : CellNumber.Number;
    }

    /// <summary>Hours, minutes or seconds that do not wrap: <c>h</c>, <c>hh</c>, <c>mm</c>.</summary>
    static bool IsElapsed(string inside) => inside.Length > 0 && inside[0] is ('h' or 'm' or 's')
        && inside.All(letter => letter == inside[0]);
}
