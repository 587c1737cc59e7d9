using System.Buffers;
using System.Text.Unicode;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Encodes characters as UTF-8 for a reader; bytes that do not fit into its buffer are held back.</summary>
struct Utf8Out(int mostCharacters)
{
    readonly byte[] _bytes = new byte[3 * mostCharacters];
    int _at, _length;

    /// <summary>Whether nothing is held back.</summary>
    public readonly bool IsEmpty => _at == _length;

    /// <summary>Returns bytes that were held back.</summary>
    public int Take(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _length - _at);
        _bytes.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    /// <summary>Encodes characters, when nothing is held back.</summary>
    /// <param name="characters">With <see cref="TextEncoding.NoCharacter"/> or half surrogates if there is none.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <returns>How many were taken: all but a high surrogate at the end whose other half has not come yet.</returns>
    public int Put(ReadOnlySpan<char> characters, bool isLast)
    {
        (_at, _length) = (0, 0);
        var taken = 0;
        while (taken < characters.Length)
        {
            var rest = characters[taken..];
            var none = rest.IndexOf(TextEncoding.NoCharacter);
            var part = none < 0 ? rest : rest[..none];
            var status = Utf8.FromUtf16(part, _bytes.AsSpan(_length), out var read, out var written,
                replaceInvalidSequences: false, isLast || none >= 0);
            taken += read;
            _length += written;
            if (status == OperationStatus.NeedMoreData) break;
            if (status == OperationStatus.Done && none < 0) break;
            _bytes[_length++] = TranscodingCodec.Mark; // half a surrogate pair, or no character
            taken++;
        }

        return taken;
    }
}
