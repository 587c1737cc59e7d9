using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>varchar(n) and char(n): at most n characters; trailing spaces beyond n are removed. The server itself pads
/// char(n).</summary>
sealed class SizedTextEncoder(string typeName, int maxCharacters, bool serverIsUtf8) : ColumnEncoder
{
    readonly int _maxCharacters = maxCharacters;
    readonly bool _serverIsUtf8 = serverIsUtf8;

    public override int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (!_serverIsUtf8 && !Ascii.IsValid(text))
            return AskServer;
        if (text.Length > _maxCharacters)
        {
            var end = EndOf(text, _maxCharacters);
            if (text[end..].ContainsAnyExcept((byte)' '))
                return Rejected;
            text = text[..end];
        }

        text.CopyTo(destination);
        return text.Length;
    }

    public override string Explain(ReadOnlySpan<byte> text)
        => $"value too long for type {typeName}({_maxCharacters}): {ServerText.Quote(text)}";

    static int EndOf(ReadOnlySpan<byte> text, int characters)
    {
        var i = 0;
        for (; i < text.Length; i++)
        {
            // A character starts at every byte that is not a continuation byte.
            if ((text[i] & 0xC0) != 0x80 && characters-- == 0)
                break;
        }

        return i;
    }
}
