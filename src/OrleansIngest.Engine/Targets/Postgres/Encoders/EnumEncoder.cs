using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>An enum: the label itself. An unknown label may have been added since the table was read.</summary>
sealed class EnumEncoder(string typeName, IReadOnlyList<string> labels) : ColumnEncoder
{
    readonly byte[][] _labels = [.. labels.Select(Encoding.UTF8.GetBytes)];

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        foreach (var label in _labels)
        {
            if (!text.SequenceEqual(label))
                continue;
            text.CopyTo(destination);
            return text.Length;
        }

        return AskServer;
    }

    public override string Explain(ReadOnlySpan<byte> text) =>
        $"invalid input value for enum {typeName}: {ServerText.Quote(text)}";
}
