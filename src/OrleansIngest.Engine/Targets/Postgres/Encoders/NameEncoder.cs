namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>name: up to 63 bytes; the server truncates a longer one, at a character of its own encoding.</summary>
sealed class NameEncoder : ColumnEncoder
{
    const int MaxBytes = 63;

    public static NameEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length > MaxBytes)
            return AskServer;
        text.CopyTo(destination);
        return text.Length;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("name", text);
}
