using System.Text;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Numbers such as 1.234,56, with a configured decimal separator and group separator.</summary>
/// <param name="point">The decimal separator.</param>
/// <param name="group">The group separator; null for none. A space includes no-break spaces.</param>
sealed class NumberReading(char point, char? group) : ValueReading
{
    readonly byte[][] _groups = group switch
    {
        null => [],
        ' ' => [" "u8.ToArray(), "\u00A0"u8.ToArray(), "\u202F"u8.ToArray()],
        { } sign => [Encoding.UTF8.GetBytes(sign.ToString())],
    };

    public override int Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text = ServerText.Trim(text);
        var length = 0;
        if (!text.IsEmpty && text[0] is (byte)'-' or (byte)'+')
        {
            destination[length++] = text[0];
            text = text[1..];
        }

        if (!text.IsEmpty && !ServerText.IsDigit(text[0]) && text[0] != point)
            return IsWord(text[0]) ? length + Rest(text, destination[length..]) : Refused;
        if (!Whole(ref text, destination, ref length)) return Refused;
        if (!text.IsEmpty && text[0] == point)
        {
            destination[length++] = (byte)'.';
            text = text[1..];
            while (!text.IsEmpty && ServerText.IsDigit(text[0]))
            {
                destination[length++] = text[0];
                text = text[1..];
            }
        }

        // An exponent, or a number form of PostgreSQL 16: left to the column's type.
        return text.IsEmpty || IsWord(text[0]) || text[0] == '_' ? length + Rest(text, destination[length..]) : Refused;
    }

    public override string Explain(ReadOnlySpan<byte> text) =>
        $"{ServerText.Quote(text)} is not a number in the configured format: the decimal separator is '{point}'"
        + (group is { } sign ? $", '{sign}' between groups of three digits" : ", and nothing between digits");

    /// <summary>The digits before the fraction, without group separators.</summary>
    bool Whole(ref ReadOnlySpan<byte> text, Span<byte> destination, ref int length)
    {
        int first = -1, middle = -1, current = 0; // digits of the first group, of those after it but the last, and so far
        while (true)
        {
            while (!text.IsEmpty && ServerText.IsDigit(text[0]))
            {
                destination[length++] = text[0];
                text = text[1..];
                current++;
            }

            var sign = GroupLength(text);
            if (sign == 0) break;
            if (first < 0) first = current;
            else if (middle < 0) middle = current;
            else if (middle != current) return false;
            text = text[sign..];
            current = 0;
        }

        if (first < 0) return true;
        return current == 3 && first >= 1 && (middle is -1 or 3 ? first <= 3 : middle == 2 && first <= 2);
    }

    int GroupLength(ReadOnlySpan<byte> text)
    {
        foreach (var sign in _groups)
        {
            if (text.StartsWith(sign)) return sign.Length;
        }

        return 0;
    }

    static int Rest(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>Whether a character can start NaN, infinity, exponents or other number forms.</summary>
    static bool IsWord(byte sign) => (sign | 0x20) is >= 'a' and <= 'z';
}
