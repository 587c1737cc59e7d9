namespace OrleansIngest.Engine.Loading;

/// <summary>COPY's text format.</summary>
static class CopyText
{
    /// <summary>Writes a value with what COPY would take for its own signs escaped; at most twice the value's length.</summary>
    /// <returns>The bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        while (true)
        {
            var special = text.IndexOfAny("\\\t\n\r"u8);
            var plain = special < 0 ? text : text[..special];
            plain.CopyTo(destination[length..]);
            length += plain.Length;
            if (special < 0) return length;
            destination[length++] = (byte)'\\';
            destination[length++] = text[special] switch { (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', _ => (byte)'\\' };
            text = text[(special + 1)..];
        }
    }
}
