using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Text;

/// <summary>Decodes UTF-16 and UTF-32; a byte order mark at the beginning is not part of the text.</summary>
sealed class WideTextDecoder(StoredStream source, TextEncoding encoding, long position, RestartPoints points) : ForwardDecoder
{
    const int BlockBytes = 16 * 1024;

    readonly char[] _characters = new char[BlockBytes];
    Utf8Out _out = new(BlockBytes);
    long _position = position;
    bool _isFirst = source.Offset == 0;
    bool _isOver;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_out.IsEmpty)
        {
            if (_isOver) return 0;
            points.Add(new RestartPoint(_position, source.Offset));
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
        var bytes = source.Peek(BlockBytes);
        var isLast = bytes.Length < BlockBytes;
        _isOver = bytes.IsEmpty;
        if (_isOver) return;
        var units = bytes[..(bytes.Length / encoding.UnitBytes * encoding.UnitBytes)];
        if (isLast && units.Length < bytes.Length)
            throw new BrokenContentException(
                $"the text ends inside a character of {encoding.Name}: {Counted.Of(bytes.Length - units.Length, "byte")} too few "
                + $"or too many; is it complete?");
        var taken = encoding.UnitBytes == 2 ? Take16(units, isLast) : Take32(units);
        _isFirst = false;
        source.Skip(taken);
    }

    int Take16(ReadOnlySpan<byte> units, bool isLast)
    {
        var stored = MemoryMarshal.Cast<byte, ushort>(units);
        var characters = _characters.AsSpan(0, stored.Length);
        if (encoding.IsBigEndian) BinaryPrimitives.ReverseEndianness(stored, MemoryMarshal.Cast<char, ushort>(characters));
        else stored.CopyTo(MemoryMarshal.Cast<char, ushort>(characters));
        var mark = _isFirst && characters is ['\uFEFF', ..] ? 1 : 0;
        return 2 * (mark + _out.Put(characters[mark..], isLast));
    }

    int Take32(ReadOnlySpan<byte> units)
    {
        var length = 0;
        for (var at = 0; at < units.Length; at += 4)
        {
            var value = encoding.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(units[at..])
                : BinaryPrimitives.ReadUInt32LittleEndian(units[at..]);
            if (_isFirst && at == 0 && value == 0xFEFF) continue;
            if (Rune.TryCreate(value, out var rune)) length += rune.EncodeToUtf16(_characters.AsSpan(length));
            else _characters[length++] = TextEncoding.NoCharacter;
        }

        _out.Put(_characters.AsSpan(0, length), isLast: true);
        return units.Length;
    }
}
