using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>date: days since 2000-01-01; a time after the date is dropped, as by the server.</summary>
sealed class DateEncoder(DateOrder order) : DateTimeEncoder("date")
{
    readonly DateOrder _order = order;

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = DateTimeParser.ParseDateTime(text, _order, out var value);
        if (outcome < 0)
            return outcome;
        BinaryPrimitives.WriteInt32BigEndian(destination, value.Days);
        return 4;
    }
}
