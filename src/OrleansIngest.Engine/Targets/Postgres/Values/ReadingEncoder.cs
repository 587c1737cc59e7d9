using System.Buffers;
using System.Text;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Encodes the canonical text of a file's value.</summary>
sealed class ReadingEncoder(ColumnEncoder encoder, ValueReading reading) : ColumnEncoder
{
    const int UsualBytes = 256;

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length > UsualBytes - ValueReading.Slack) return EncodeLong(text, destination);
        Span<byte> canonical = stackalloc byte[UsualBytes];
        var length = text.IsEmpty ? 0 : reading.Write(text, canonical);
        return length < 0 ? Rejected : encoder.Encode(canonical[..length], destination);
    }

    public override ReadOnlySpan<byte> TextForServer(ReadOnlySpan<byte> text) => Canonical(text) ?? text;

    public override string Explain(ReadOnlySpan<byte> text)
    {
        if (Canonical(text) is not { } canonical) return reading.Explain(text);
        var why = encoder.Explain(canonical);
        return text.SequenceEqual(canonical) ? why : $"{why}, in the file: {ServerText.Quote(text)}";
    }

    int EncodeLong(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var canonical = ArrayPool<byte>.Shared.Rent(text.Length + ValueReading.Slack);
        var length = reading.Write(text, canonical);
        length = length < 0 ? Rejected : encoder.Encode(canonical.AsSpan(0, length), destination);
        ArrayPool<byte>.Shared.Return(canonical);
        return length;
    }

    byte[]? Canonical(ReadOnlySpan<byte> text)
    {
        var canonical = new byte[text.Length + ValueReading.Slack];
        var length = text.IsEmpty ? 0 : reading.Write(text, canonical);
        return length < 0 ? null : canonical[..length];
    }
}
