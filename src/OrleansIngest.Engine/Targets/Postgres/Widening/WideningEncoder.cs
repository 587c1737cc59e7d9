using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Widening;

/// <summary>Wraps another encoder, and records the values that it rejects.</summary>
sealed class WideningEncoder(ColumnEncoder encoder, TargetColumn column, WiderColumns wider) : ColumnEncoder
{
    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = encoder.Encode(text, destination);
        if (length == Rejected) wider.Note(column, text);
        return length;
    }

    public override ReadOnlySpan<byte> TextForServer(ReadOnlySpan<byte> text) => encoder.TextForServer(text);

    public override string Explain(ReadOnlySpan<byte> text) => encoder.Explain(text);
}
