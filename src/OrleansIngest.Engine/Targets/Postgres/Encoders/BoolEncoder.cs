namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>bool: true, false, yes, no and their prefixes, on, off, of, 1, 0; in any case, with surrounding spaces.</summary>
sealed class BoolEncoder : ColumnEncoder
{
    public static BoolEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var value = Parse(ServerText.Trim(text));
        if (value < 0)
            return Rejected;
        destination[0] = (byte)value;
        return 1;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("boolean", text);

    static int Parse(ReadOnlySpan<byte> word)
    {
        if (word.Length == 0)
            return -1;
        switch (word[0] | 0x20)
        {
            case 't' when IsBeginningOf(word, "true"u8):
            case 'y' when IsBeginningOf(word, "yes"u8):
            case 'o' when ServerText.EqualsIgnoreCase(word, "on"u8):
                return 1;
            case 'f' when IsBeginningOf(word, "false"u8):
            case 'n' when IsBeginningOf(word, "no"u8):
            case 'o' when word.Length > 1 && IsBeginningOf(word, "off"u8):
                return 0;
            default:
                return word.Length == 1 && word[0] is (byte)'0' or (byte)'1' ? word[0] - '0' : -1;
        }
    }

    static bool IsBeginningOf(ReadOnlySpan<byte> word, ReadOnlySpan<byte> whole)
        => word.Length <= whole.Length && ServerText.EqualsIgnoreCase(word, whole[..word.Length]);
}
