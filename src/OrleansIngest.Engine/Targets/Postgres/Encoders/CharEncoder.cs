namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>PostgreSQL's one-byte type "char"; not char(n).</summary>
sealed class CharEncoder : ColumnEncoder
{
    public static CharEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length != 1)
            return AskServer;
        destination[0] = text[0];
        return 1;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("\"char\"", text);
}
