using System.Buffers;
using System.Text;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>Classifies values. Generous, unlike <see cref="Inference.ValueShape"/>: the result is evidence for where fields end,
/// not for a column's type.</summary>
static class CellKinds
{
    const int LongestTyped = 40;

    static readonly SearchValues<byte> OftenDelimiters = SearchValues.Create("\t|^~\u0001\u001E\u001F"u8);

    static ReadOnlySpan<byte> Currencies => "$%"u8;

    /// <summary>The kind of a value.</summary>
    public static CellKind Of(ReadOnlySpan<byte> value)
    {
        var cell = value.Trim((byte)' ');
        if (cell.IsEmpty || IsMissing(cell)) return CellKind.Empty;
        if (cell.Length <= LongestTyped)
        {
            if (IsNumber(cell)) return CellKind.Number;
            if (IsTime(cell)) return CellKind.Time;
            if (IsFlag(cell)) return CellKind.Token;
        }

        if (cell.StartsWith("http://"u8) || cell.StartsWith("https://"u8)) return CellKind.Token;
        if (cell.ContainsAny(OftenDelimiters) || cell.Count((byte)'"') % 2 != 0) return CellKind.Suspect;
        if (cell[0] is (byte)'"' or (byte)'\'' && cell.Length > 1 && cell[^1] == cell[0]) return CellKind.Suspect;
        if (AreValuesBetween(cell, (byte)',') || AreValuesBetween(cell, (byte)';')) return CellKind.Suspect;
        return cell.Length != value.Length || cell.Contains((byte)';') || HasBareComma(cell) ? CellKind.Listed : CellKind.Text;
    }

    static bool HasBareComma(ReadOnlySpan<byte> cell)
    {
        for (var i = 0; i + 1 < cell.Length; i++)
            if (cell[i] == ',' && cell[i + 1] != ' ') return true;
        return false;
    }

    /// <summary>Markers that programs write for a missing value.</summary>
    static bool IsMissing(ReadOnlySpan<byte> cell) => cell.Length <= 4 && cell switch
    {
        [(byte)'-'] or [(byte)'.'] or [(byte)'-', (byte)'-'] or [(byte)'?'] => true,
        _ => Ascii.EqualsIgnoreCase(cell, "na"u8) || Ascii.EqualsIgnoreCase(cell, "n/a"u8)
            || Ascii.EqualsIgnoreCase(cell, "nan"u8)
            || Ascii.EqualsIgnoreCase(cell, "null"u8) || cell.SequenceEqual("\\N"u8),
    };

    static bool IsFlag(ReadOnlySpan<byte> cell) => Ascii.EqualsIgnoreCase(cell, "true"u8)
        || Ascii.EqualsIgnoreCase(cell, "false"u8);

    /// <summary>Sign, currency, digits (grouped or not), a fraction, an exponent, a percent sign.</summary>
    static bool IsNumber(ReadOnlySpan<byte> cell)
    {
        if (cell is [(byte)'(', .., (byte)')']) cell = cell[1..^1];
        cell = WithoutCurrency(cell);
        if (cell.Length > 0 && cell[0] is (byte)'-' or (byte)'+') cell = WithoutCurrency(cell[1..]);
        int digits = 0, points = 0, commas = 0, lastMark = -1;
        var i = 0;
        for (; i < cell.Length; i++)
        {
            var letter = cell[i];
            if (letter is >= (byte)'0' and <= (byte)'9')
            {
                digits++;
                continue;
            }

            if (letter is not ((byte)'.' or (byte)',')) break;
            if (lastMark == i - 1 && lastMark >= 0) return false;
            lastMark = i;
            if (letter == '.') points++;
            else commas++;
        }

        if (digits == 0 || lastMark == i - 1 || (points > 1 && commas > 1)) return false;
        if (i < cell.Length && cell[i] is (byte)'e' or (byte)'E') return IsExponent(cell[(i + 1)..]);
        if (points + commas > 1 && !AreGroups(cell[..i])) return false;
        return i == cell.Length || WithoutCurrency(cell[i..].Trim((byte)' ')).IsEmpty;
    }

    /// <summary>Whether there are three digits after each separator but the last, and after the last one too if it separates
    /// groups.</summary>
    static bool AreGroups(ReadOnlySpan<byte> number)
    {
        var group = -1;
        byte first = 0;
        for (var i = 0; i < number.Length; i++)
        {
            if (number[i] is not ((byte)'.' or (byte)','))
            {
                group += group >= 0 ? 1 : 0;
                continue;
            }

            if (group >= 0 && group != 3) return false;
            if (first == 0) first = number[i];
            if (number[i] != first) return true;
            group = 0;
        }

        return group == 3;
    }

    static bool IsExponent(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 0 && rest[0] is (byte)'-' or (byte)'+') rest = rest[1..];
        return rest.Length is > 0 and < 5 && !rest.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    static ReadOnlySpan<byte> WithoutCurrency(ReadOnlySpan<byte> cell)
    {
        if (cell.StartsWith("€"u8)) return cell["€"u8.Length..].TrimStart((byte)' ');
        if (cell.StartsWith("£"u8)) return cell["£"u8.Length..].TrimStart((byte)' ');
        return cell.Length > 0 && (Currencies.Contains(cell[0]) || cell[0] is 0x80 or 0xA3 or 0xA4)
            ? cell[1..].TrimStart((byte)' ') : cell;
    }

    /// <summary>Groups of digits separated by two slashes, hyphens or points, or by colons; or with the name of a
    /// month.</summary>
    static bool IsTime(ReadOnlySpan<byte> cell)
    {
        if (cell.Length is < 4 or > 35 || !cell.ContainsAnyInRange((byte)'0', (byte)'9')) return false;
        int groups = 0, words = 0, colons = 0, commas = 0, slashes = 0, hyphens = 0, points = 0;
        for (var i = 0; i < cell.Length;)
        {
            var from = i;
            while (i < cell.Length && cell[i] is >= (byte)'0' and <= (byte)'9') i++;
            if (i > from)
            {
                if (i - from > 9) return false;
                groups++;
                continue;
            }

            while (i < cell.Length && char.IsAsciiLetter((char)cell[i])) i++;
            if (i > from)
            {
                if (!IsTimeWord(cell[from..i])) return false;
                words++;
                continue;
            }

            switch (cell[i++])
            {
                case (byte)':': colons++; break;
                case (byte)'/': slashes++; break;
                case (byte)'-': hyphens++; break;
                case (byte)'.': points++; break;
                case (byte)',': commas++; break;
                case (byte)' ' or (byte)'+': break;
                default: return false;
            }
        }

        if (groups is 0 or > 8 || (commas > 0 && words == 0)) return false;
        return words > 0 || colons > 0 || slashes == 2 || hyphens == 2 || points == 2
            || (groups == 2 && hyphens == 1 && cell is [_, _, _, _, (byte)'-', _, _]);
    }

    static bool IsTimeWord(ReadOnlySpan<byte> word)
    {
        if (word.Length <= 2) return word is [(byte)'T'] or [(byte)'Z'] || Ascii.EqualsIgnoreCase(word, "am"u8)
            || Ascii.EqualsIgnoreCase(word, "pm"u8);
        if (word.Length > 9) return false;
        ReadOnlySpan<byte> months = "janfebmaraprmayjunjulaugsepoctnovdecmontuewedthufrisatsungmtutc"u8;
        for (var i = 0; i < months.Length; i += 3)
            if (Ascii.EqualsIgnoreCase(word[..3], months.Slice(i, 3))) return true;
        return false;
    }

    /// <summary>Two or more values with a separator, such as <c>4,17,x,9</c>, at least half of them numbers or times.</summary>
    static bool AreValuesBetween(ReadOnlySpan<byte> cell, byte sign)
    {
        int parts = 0, typed = 0;
        while (cell.IndexOf(sign) is var at && (at >= 0 || parts > 0))
        {
            var part = at < 0 ? cell : cell[..at];
            parts++;
            if (part.Length is > 0 and <= LongestTyped && (IsNumber(part) || IsTime(part))) typed++;
            if (at < 0) break;
            cell = cell[(at + 1)..];
        }

        return parts >= 2 && 2 * typed >= parts;
    }
}
