using System.Buffers.Binary;

namespace OrleansIngest.Engine.Mapping.Encoders;

/// <summary>date: days since 2000-01-01; a time behind the day is dropped, as the server drops it.</summary>
sealed class DateEncoder() : DateTimeEncoder("date")
{
    public static DateEncoder Instance { get; } = new();

    protected override int EncodeKnown(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = IsoDateTimeParser.ParseDateTime(text, out var value);
        if (outcome < 0)
            return outcome;
        BinaryPrimitives.WriteInt32BigEndian(destination, value.Days);
        return 4;
    }
}
