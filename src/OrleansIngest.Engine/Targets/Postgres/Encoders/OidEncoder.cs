using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>oid: decimal digits; signs and octal forms, which differ between versions, are left to the server.</summary>
sealed class OidEncoder : ColumnEncoder
{
    const int SureDigits = 9;

    public static OidEncoder Instance { get; } = new();

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (!text.ContainsAnyInRange((byte)'0', (byte)'9'))
            return Rejected;
        if (text.Length > SureDigits || (text[0] == '0' && text.Length > 1))
            return AskServer;
        uint value = 0;
        foreach (var character in text)
        {
            if (!ServerText.IsDigit(character))
                return AskServer;
            value = (value * 10) + character - '0';
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, value);
        return 4;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("oid", text);
}
