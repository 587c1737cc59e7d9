namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>uuid: 32 hexadecimal digits, an optional hyphen after every fourth, optional braces around; no spaces.</summary>
sealed class UuidEncoder : ColumnEncoder
{
    const int Size = 16;

    public static UuidEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var at = 0;
        var braces = text.Length > 0 && text[0] == '{';
        if (braces)
            at++;
        for (var i = 0; i < Size; i++)
        {
            if (at + 2 > text.Length)
                return Rejected;
            var (high, low) = (Hex.ValueOf(text[at]), Hex.ValueOf(text[at + 1]));
            if ((high | low) < 0)
                return Rejected;
            destination[i] = (byte)((high << 4) | low);
            at += 2;
            if (at < text.Length && text[at] == '-' && (i & 1) == 1 && i < Size - 1)
                at++;
        }

        if (braces && (at == text.Length || text[at++] != '}'))
            return Rejected;
        return at == text.Length ? Size : Rejected;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("uuid", text);
}
