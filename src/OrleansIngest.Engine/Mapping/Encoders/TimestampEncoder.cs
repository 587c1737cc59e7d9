using System.Buffers.Binary;

namespace OrleansIngest.Engine.Mapping.Encoders;

/// <summary>timestamp: microseconds since 2000-01-01; a zone in the text is ignored, as the server ignores it.</summary>
sealed class TimestampEncoder(int typeModifier) : DateTimeEncoder("timestamp")
{
    readonly int _unit = UnitOf(typeModifier);

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = IsoDateTimeParser.ParseDateTime(text, out var value);
        if (outcome < 0)
            return outcome;
        BinaryPrimitives.WriteInt64BigEndian(destination, Round(value.Local, _unit));
        return 8;
    }
}
