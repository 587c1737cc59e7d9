using System.Buffers;
using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Widening;

/// <summary>A type that can hold all values of a column's type, and more.</summary>
/// <param name="Sql">The type for ALTER TABLE.</param>
/// <param name="Rank">The order among the wider types of one column: a larger one can hold all values of a smaller one.</param>
readonly record struct WiderType(string Sql, int Rank)
{
    static readonly SearchValues<byte> NumberSigns = SearchValues.Create("0123456789+-.eE \t"u8);

    const int MostVarchar = 1024, MostDigits = 1000, ModifierHeader = 4;
    const int Text = 1 << 20, Unlimited = 1 << 20;
    const uint Int8 = 20, Int2 = 21, Int4 = 23, Float4 = 700, Varchar = 1043, Numeric = 1700;

    /// <summary>The narrowest type that holds a value, when the column's own does not.</summary>
    /// <param name="column">Its type must not be a domain, which does not belong to the column.</param>
    /// <param name="value">In a form that the server parses.</param>
    /// <param name="session">The settings of the sessions that copy.</param>
    /// <returns>Null if no type can hold it without loss.</returns>
    public static WiderType? For(TargetColumn column, ReadOnlySpan<byte> value, SessionSettings session)
    {
        if (column.IsDomain || column.IsGenerated) return null;
        return column.BaseTypeOid switch
        {
            Int2 or Int4 or Int8 => Integer(column.BaseTypeOid, value, session),
            Float4 when IsNumber(value) && Takes(FloatEncoder.Float8, value) => new WiderType("double precision", 1),
            Numeric => Precise(column.TypeModifier, value, session),
            Varchar => Longer(column.TypeModifier - ModifierHeader, value),
            _ => null,
        };
    }

    static WiderType? Integer(uint type, ReadOnlySpan<byte> value, SessionSettings session)
    {
        if (!IsNumber(value)) return null;
        if (type == Int2 && Takes(IntegerEncoder.Int4, value)) return new WiderType("integer", 1);
        if (type != Int8 && Takes(IntegerEncoder.Int8, value)) return new WiderType("bigint", 2);
        return Takes(new NumericEncoder(-1, session.ServerMajor), value) ? new WiderType("numeric", 3) : null;
    }

    /// <summary>More digits before the decimal point; those after it are rounded, as before.</summary>
    static WiderType? Precise(int modifier, ReadOnlySpan<byte> value, SessionSettings session)
    {
        if (modifier < ModifierHeader || !IsNumber(value)) return null;
        var (precision, scale) = (((modifier - ModifierHeader) >> 16) & 0xFFFF,
            (((modifier - ModifierHeader) & 0x7FF) ^ 1024) - 1024);
        if (scale < 0) return null;
        for (var digits = precision + 1; digits <= MostDigits; digits++)
        {
            if (Takes(new NumericEncoder(((digits << 16) | scale) + ModifierHeader, session.ServerMajor), value))
                return new WiderType(string.Create(CultureInfo.InvariantCulture, $"numeric({digits},{scale})"), digits);
        }

        return Takes(new NumericEncoder(-1, session.ServerMajor), value) ? new WiderType("numeric", Unlimited) : null;
    }

    /// <summary>In powers of two, so that slowly growing values do not alter the table each time.</summary>
    static WiderType? Longer(int length, ReadOnlySpan<byte> value)
    {
        if (length < 0) return null;
        var needed = Encoding.UTF8.GetCharCount(value); // never fewer than the characters that the server counts
        for (var longer = 16; longer <= MostVarchar; longer *= 2)
        {
            if (longer > length && longer >= needed)
                return new WiderType(string.Create(CultureInfo.InvariantCulture, $"character varying({longer})"), longer);
        }

        return new WiderType("text", Text);
    }

    static bool Takes(ColumnEncoder encoder, ReadOnlySpan<byte> value) =>
        encoder.Encode(value, new byte[value.Length + ColumnEncoder.Slack]) >= 0;

    /// <summary>A plain number: NaN and infinity are not a reason to change a table.</summary>
    static bool IsNumber(ReadOnlySpan<byte> value) => value.ContainsAnyInRange((byte)'0', (byte)'9')
        && !value.ContainsAnyExcept(NumberSigns);
}
