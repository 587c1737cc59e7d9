using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>text, and varchar or bpchar without a length: the text itself.</summary>
sealed class TextEncoder(bool serverIsUtf8) : ColumnEncoder
{
    readonly bool _serverIsUtf8 = serverIsUtf8;

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        // The server may have no counterpart for a character in its own encoding.
        if (!_serverIsUtf8 && !Ascii.IsValid(text))
            return AskServer;
        text.CopyTo(destination);
        return text.Length;
    }

    public override string Explain(ReadOnlySpan<byte> text) => $"invalid text: {ServerText.Quote(text)}";
}
