using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats;

/// <summary>Decodes text in a single-byte encoding into its own buffers; each reader has one instance.</summary>
/// <param name="encoding">Of the text.</param>
sealed class SingleByteText(TextEncoding encoding)
{
    readonly char[] _characters = encoding.Characters;
    char[] _wide = new char[256];
    byte[] _utf8 = new byte[768];

    /// <summary>The encoding's name.</summary>
    public string Name => encoding.Name;

    /// <summary>Index of the first byte that is NUL or has no character in the encoding; -1 for none.</summary>
    public int IndexOfNone(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (_characters[text[i]] is TextEncoding.NoCharacter or '\0') return i;
        }

        return -1;
    }

    /// <summary>The text in UTF-8; valid until the next call.</summary>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text)) return text;
        if (_wide.Length < text.Length) (_wide, _utf8) = (new char[2 * text.Length], new byte[6 * text.Length]);
        for (var i = 0; i < text.Length; i++) _wide[i] = _characters[text[i]];
        Utf8.FromUtf16(_wide.AsSpan(0, text.Length), _utf8, out _, out var length);
        return _utf8.AsSpan(0, length);
    }
}
