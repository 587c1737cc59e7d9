using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>timestamp: microseconds since 2000-01-01; a zone in the text is ignored, as by the server.</summary>
sealed class TimestampEncoder(int typeModifier, DateOrder order) : DateTimeEncoder("timestamp")
{
    readonly int _unit = UnitOf(typeModifier);
    readonly DateOrder _order = order;

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = DateTimeParser.ParseDateTime(text, _order, out var value);
        if (outcome < 0)
            return outcome;
        BinaryPrimitives.WriteInt64BigEndian(destination, Round(value.Local, _unit));
        return 8;
    }
}
