using System.Buffers.Binary;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>inet and cidr: four decimal octets, or groups of hexadecimal digits with at most one <c>::</c>, optionally with a
/// prefix length. Short and mixed forms are left to the server.</summary>
sealed class NetworkEncoder : ColumnEncoder
{
    const byte V4 = 2, V6 = 3; // PostgreSQL's own numbers of the families
    const int HeaderSize = 4;
    const int HostBits = -3;

    readonly bool _isCidr;

    NetworkEncoder(bool isCidr) => _isCidr = isCidr;

    public static NetworkEncoder Inet { get; } = new(isCidr: false);

    public static NetworkEncoder Cidr { get; } = new(isCidr: true);

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var outcome = TryEncode(text, destination);
        return outcome == HostBits ? Rejected : outcome;
    }

    public override string Explain(ReadOnlySpan<byte> text) => TryEncode(text, stackalloc byte[Slack]) == HostBits
        ? $"invalid cidr value: {ServerText.Quote(text)}"
        : ServerText.InvalidSyntax(_isCidr ? "cidr" : "inet", text);

    int TryEncode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var isV6 = text.Contains((byte)':');
        if (!isV6 && !text.ContainsAnyInRange((byte)'0', (byte)'9'))
            return Rejected;
        var (size, bits) = isV6 ? (16, 128) : (4, 32);
        var slash = text.IndexOf((byte)'/');
        if (slash >= 0)
        {
            if (!TryDecimal(text[(slash + 1)..], 3, out var prefix))
                return AskServer;
            if (prefix > bits)
                return Rejected;
            bits = prefix;
            text = text[..slash];
        }

        var address = destination.Slice(HeaderSize, size);
        var outcome = isV6 ? ParseV6(text, address) : ParseV4(text, address);
        if (outcome < 0)
            return outcome;
        if (_isCidr && HasHostBits(address, bits))
            return HostBits;
        destination[0] = isV6 ? V6 : V4;
        destination[1] = (byte)bits;
        destination[2] = _isCidr ? (byte)1 : (byte)0;
        destination[3] = (byte)size;
        return HeaderSize + size;
    }

    static bool HasHostBits(ReadOnlySpan<byte> address, int bits)
    {
        for (var i = 0; i < address.Length; i++)
        {
            var kept = Math.Clamp(bits - (8 * i), 0, 8);
            if ((address[i] & (0xFF >> kept)) != 0)
                return true;
        }

        return false;
    }

    static int ParseV4(ReadOnlySpan<byte> text, Span<byte> address)
    {
        var tooLarge = false;
        for (var i = 0; i < 4; i++)
        {
            var end = i < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (end < 0 || !TryDecimal(text[..end], 3, out var octet))
                return AskServer;
            tooLarge |= octet > 255;
            address[i] = (byte)octet;
            text = i < 3 ? text[(end + 1)..] : default;
        }

        return tooLarge ? Rejected : 0;
    }

    static int ParseV6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        address.Clear();
        int groups = 0, gap = -1, at = 0;
        if (text.StartsWith("::"u8))
            (gap, at) = (0, 2);
        while (at < text.Length)
        {
            if (groups == 8)
                return AskServer;
            int value = 0, digits = 0;
            for (; at < text.Length && digits < 4 && Hex.ValueOf(text[at]) is >= 0 and var digit; at++, digits++)
                value = (value << 4) | digit;
            if (digits == 0)
                return AskServer;
            BinaryPrimitives.WriteUInt16BigEndian(address[(2 * groups++)..], (ushort)value);
            if (at == text.Length)
                break;
            if (text[at++] != ':' || at == text.Length)
                return AskServer;
            if (text[at] != ':')
                continue;
            if (gap >= 0)
                return AskServer;
            (gap, at) = (groups, at + 1);
        }

        if (gap < 0)
            return groups == 8 ? 0 : AskServer;
        if (groups > 7)
            return AskServer;
        var tail = address[(2 * gap)..(2 * groups)];
        tail.CopyTo(address[(16 - tail.Length)..]);
        address[(2 * gap)..(16 - tail.Length)].Clear();
        return 0;
    }

    /// <summary>Digits without a leading zero: the server reads some numbers with one as octal.</summary>
    static bool TryDecimal(ReadOnlySpan<byte> text, int maxDigits, out int value)
    {
        value = 0;
        if (text.Length == 0 || text.Length > maxDigits || (text[0] == '0' && text.Length > 1))
            return false;
        foreach (var character in text)
        {
            if (!ServerText.IsDigit(character))
                return false;
            value = (value * 10) + character - '0';
        }

        return true;
    }
}
