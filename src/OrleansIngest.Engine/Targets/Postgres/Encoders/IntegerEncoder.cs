using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>int2, int4, int8: surrounding spaces, a sign, decimal digits. PostgreSQL 16's 0x1F and 1_000 are left to the
/// server.</summary>
sealed class IntegerEncoder : ColumnEncoder
{
    const int OutOfRange = -3;

    readonly int _size;
    readonly string _typeName;
    readonly long _min;
    readonly long _max;

    IntegerEncoder(int size, string typeName, long min, long max)
        => (_size, _typeName, _min, _max) = (size, typeName, min, max);

    public static IntegerEncoder Int2 { get; } = new(2, "smallint", short.MinValue, short.MaxValue);

    public static IntegerEncoder Int4 { get; } = new(4, "integer", int.MinValue, int.MaxValue);

    public static IntegerEncoder Int8 { get; } = new(8, "bigint", long.MinValue, long.MaxValue);

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = Parse(text, out var value);
        if (outcome < 0)
            return outcome == OutOfRange ? Rejected : outcome;
        if (_size == 8)
            BinaryPrimitives.WriteInt64BigEndian(destination, value);
        else if (_size == 4)
            BinaryPrimitives.WriteInt32BigEndian(destination, (int)value);
        else
            BinaryPrimitives.WriteInt16BigEndian(destination, (short)value);
        return _size;
    }

    public override string Explain(ReadOnlySpan<byte> text) => Parse(text, out _) == OutOfRange
        ? $"value {ServerText.Quote(text)} is out of range for type {_typeName}"
        : ServerText.InvalidSyntax(_typeName, text);

    int Parse(ReadOnlySpan<byte> text, out long value)
    {
        // Up to 18 digits cannot overflow: the common case needs no check within its loop.
        if ((uint)(text.Length - 1) < 18)
        {
            long sum = 0;
            var i = text[0] == '-' ? 1 : 0;
            var digits = i;
            for (; i < text.Length; i++)
            {
                var digit = (uint)(text[i] - '0');
                if (digit > 9)
                    break;
                sum = (sum * 10) + digit;
            }

            if (i == text.Length && i > digits)
            {
                value = digits == 0 ? sum : -sum;
                return value >= _min && value <= _max ? 0 : OutOfRange;
            }
        }

        return ParseAny(ServerText.Trim(text), out value);
    }

    int ParseAny(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var i = 0;
        var negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
            negative = text[i++] == '-';
        if (i == text.Length || !ServerText.IsDigit(text[i]))
            return Rejected;
        if (text[i] == '0' && i + 1 < text.Length && (text[i + 1] | 0x20) is 'x' or 'o' or 'b')
            return AskServer;

        // Summed as a negative number, as in the server, because the smallest number has no positive counterpart.
        for (; i < text.Length && ServerText.IsDigit(text[i]); i++)
        {
            var digit = text[i] - '0';
            if (value < (long.MinValue + digit) / 10)
                return text.Contains((byte)'_') ? AskServer : OutOfRange;
            value = (value * 10) - digit;
            if (value < _min && -value > _max)
                return text.Contains((byte)'_') ? AskServer : OutOfRange;
        }

        if (i < text.Length)
            return text[i] == '_' ? AskServer : Rejected;
        if (!negative)
        {
            if (value == long.MinValue)
                return OutOfRange;
            value = -value;
        }

        return value >= _min && value <= _max ? 0 : OutOfRange;
    }
}
