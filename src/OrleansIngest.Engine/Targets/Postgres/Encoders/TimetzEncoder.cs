using System.Buffers.Binary;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>timetz: microseconds since midnight and the offset. Without a zone in the text, the session's current offset applies,
/// which only the server knows unless the session is in UTC.</summary>
sealed class TimetzEncoder(int typeModifier, SessionZone zone) : DateTimeEncoder("time with time zone")
{
    readonly int _unit = UnitOf(typeModifier);
    readonly SessionZone _zone = zone;

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = TimeOfDayParser.Parse(ServerText.Trim(text), out var time, out var hasZone, out var offset);
        if (outcome < 0)
            return outcome;
        if (!hasZone && !_zone.HasNoOffset)
            return AskServer;
        BinaryPrimitives.WriteInt64BigEndian(destination, Round(time, _unit));
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], -offset);
        return 12;
    }
}
