using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>time: microseconds since midnight, up to 24:00; a zone in the text is ignored, as by the server.</summary>
sealed class TimeEncoder(int typeModifier) : DateTimeEncoder("time")
{
    readonly int _unit = UnitOf(typeModifier);

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = TimeOfDayParser.Parse(ServerText.Trim(text), out var time, out _, out _);
        if (outcome < 0)
            return outcome;
        BinaryPrimitives.WriteInt64BigEndian(destination, Round(time, _unit));
        return 8;
    }
}
