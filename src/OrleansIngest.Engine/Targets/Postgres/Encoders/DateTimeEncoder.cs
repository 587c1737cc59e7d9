namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>The common part of the encoders of date, time and timestamps: texts that are not in the usual form of ISO
/// 8601.</summary>
abstract class DateTimeEncoder(string typeName) : ColumnEncoder
{
    /// <summary>Rounds to the column's fractional digits as the server does: half away from zero.</summary>
    protected static long Round(long microseconds, int unit) => unit == 1 ? microseconds
        : microseconds >= 0 ? (microseconds + (unit / 2)) / unit * unit
        : -((-microseconds + (unit / 2)) / unit * unit);

    /// <summary>The resolution, in microseconds, of a column with this type modifier.</summary>
    protected static int UnitOf(int typeModifier) => typeModifier switch
    {
        0 => 1_000_000,
        1 => 100_000,
        2 => 10_000,
        3 => 1_000,
        4 => 100,
        5 => 10,
        _ => 1,
    };

    public sealed override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var size = EncodeKnown(text, destination);
        return size == DateTimeParser.Unknown ? DateTimeKeywords.ClassifyUnknown(text) : size;
    }

    public sealed override string Explain(ReadOnlySpan<byte> text)
        => EncodeKnown(text, stackalloc byte[Slack]) == DateTimeParser.OutOfRange
            ? DateTimeKeywords.OutOfRange(text)
            : ServerText.InvalidSyntax(typeName, text);

    /// <returns>The size, or <see cref="DateTimeParser.Unknown"/> or <see cref="DateTimeParser.OutOfRange"/>.</returns>
    protected abstract int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination);
}
