using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Decodes single-byte and multi-byte encodings with .NET's decoders, block by block. A block ends at a line break where
/// possible: none of these encodings has that byte inside a character, so no character is split, and decoding can start
/// there.</summary>
sealed class CodePageDecoder(StoredStream source, TextEncoding encoding, long position, RestartPoints points) : ForwardDecoder
{
    readonly Decoder _decoder = encoding.NewDecoder();
    readonly char[]? _single = encoding.Kind == EncodingKind.SingleByte ? encoding.Characters : null;
    readonly char[] _characters = new char[StoredStream.BufferBytes + 16];
    Utf8Out _out = new(StoredStream.BufferBytes + 16);
    long _position = position;
    bool _isOver;
    bool _isClean;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_out.IsEmpty)
        {
            if (_isOver) return 0;
            if (_isClean) points.Add(new RestartPoint(_position, source.Offset));
            Fill();
        }

        var read = _out.Take(buffer);
        _position += read;
        return read;
    }

    /// <inheritdoc/>
    public override void Dispose() { }

    void Fill()
    {
        var bytes = source.Next();
        _isOver = bytes.IsEmpty;
        var end = bytes.LastIndexOf((byte)'\n') + 1;
        _isClean = end > 0;
        if (end > 0) bytes = bytes[..end];
        var length = _single is null ? Decode(bytes) : Map(bytes, _single);
        source.Skip(bytes.Length);
        _out.Put(_characters.AsSpan(0, length), isLast: true);
    }

    /// <summary>.NET's tables map bytes without a character to a control character, or to one of the last for private
    /// use.</summary>
    int Decode(ReadOnlySpan<byte> bytes)
    {
        var length = _decoder.GetChars(bytes, _characters, flush: _isOver);
        var characters = _characters.AsSpan(0, length);
        Mark(characters, '\u0080', '\u009F');
        Mark(characters, '\uF8F0', '\uF8FF');
        return length;
    }

    static void Mark(Span<char> characters, char first, char last)
    {
        for (var at = characters.IndexOfAnyInRange(first, last); at >= 0; at = characters.IndexOfAnyInRange(first, last))
        {
            characters[at] = TextEncoding.NoCharacter;
            characters = characters[(at + 1)..];
        }
    }

    int Map(ReadOnlySpan<byte> bytes, char[] single)
    {
        for (var i = 0; i < bytes.Length; i++) _characters[i] = single[bytes[i]];
        return bytes.Length;
    }
}
