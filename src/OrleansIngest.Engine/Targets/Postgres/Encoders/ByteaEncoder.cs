namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>bytea: \x and pairs of hexadecimal digits, or the older form with \\ and \ooo.</summary>
sealed class ByteaEncoder : ColumnEncoder
{
    public static ByteaEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
        => text.StartsWith("\\x"u8) ? EncodeHex(text[2..], destination) : EncodeEscaped(text, destination);

    public override string Explain(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("\\x"u8))
            return ServerText.InvalidSyntax("bytea", text);
        for (var at = 2; at < text.Length; at++)
        {
            if (IsSeparator(text[at]))
                continue;
            for (var end = Math.Min(at + 2, text.Length); at < end; at++)
            {
                if (Hex.ValueOf(text[at]) < 0)
                    return $"invalid hexadecimal digit: {ServerText.Quote(text[at..][..CharacterLength(text[at..])])}";
            }

            at--;
        }

        return $"invalid hexadecimal data: odd number of digits: {ServerText.Quote(text)}";
    }

    static int CharacterLength(ReadOnlySpan<byte> text)
    {
        System.Text.Rune.DecodeFromUtf8(text, out _, out var length);
        return length;
    }

    static bool IsSeparator(byte character) => character is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';

    static int EncodeHex(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int at = 0, size = 0;
        while (at < text.Length)
        {
            if (IsSeparator(text[at]))
            {
                at++;
                continue;
            }

            if (at + 2 > text.Length)
                return Rejected;
            var (high, low) = (Hex.ValueOf(text[at]), Hex.ValueOf(text[at + 1]));
            if ((high | low) < 0)
                return Rejected;
            destination[size++] = (byte)((high << 4) | low);
            at += 2;
        }

        return size;
    }

    static int EncodeEscaped(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int at = 0, size = 0;
        while (at < text.Length)
        {
            if (text[at] != '\\')
            {
                destination[size++] = text[at++];
            }
            else if (at + 1 < text.Length && text[at + 1] == '\\')
            {
                destination[size++] = (byte)'\\';
                at += 2;
            }
            else if (at + 3 < text.Length && text[at + 1] is >= (byte)'0' and <= (byte)'3'
                && text[at + 2] is >= (byte)'0' and <= (byte)'7' && text[at + 3] is >= (byte)'0' and <= (byte)'7')
            {
                destination[size++] = (byte)(((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) | (text[at + 3] - '0'));
                at += 4;
            }
            else
            {
                return Rejected;
            }
        }

        return size;
    }
}
