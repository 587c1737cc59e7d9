using System.Buffers.Binary;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>timestamptz: microseconds since 2000-01-01 UTC; without a zone in the text, the session's zone applies.</summary>
sealed class TimestamptzEncoder(int typeModifier, DateOrder order, SessionZone zone) : DateTimeEncoder("timestamp with time zone")
{
    readonly int _unit = UnitOf(typeModifier);
    readonly DateOrder _order = order;
    readonly SessionZone _zone = zone;

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = DateTimeParser.ParseDateTime(text, _order, out var value);
        if (outcome < 0)
            return outcome;
        var utc = value.Local - (value.OffsetSeconds * ParsedDateTime.Second);
        if (!value.HasZone && !_zone.TryToUtc(value.Local, out utc))
            return AskServer;
        BinaryPrimitives.WriteInt64BigEndian(destination, Round(utc, _unit));
        return 8;
    }
}
