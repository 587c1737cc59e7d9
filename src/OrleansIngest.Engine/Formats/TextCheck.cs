using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Engine.Formats;

/// <summary>Checks whether bytes are UTF-8 without NUL, a chunk at a time: once per 128 KiB instead of once per record. Only
/// records in chunks that are not clean need individual checks.</summary>
struct TextCheck
{
    const int LongestCharacter = 4;

    uint _tail;       // the first bytes of a character that the next chunk completes, lowest byte first
    int _tailLength;

    /// <summary>Every byte scanned is in a clean chunk, or before this offset.</summary>
    public long SuspectUpTo { get; private set; }

    /// <summary>Scans the next bytes.</summary>
    /// <param name="offset">Their offset in the file; the end of the previous bytes.</param>
    /// <param name="chunk">The bytes; none at the end of the file.</param>
    /// <param name="isLast">Whether they are the last.</param>
    public void Scan(long offset, ReadOnlySpan<byte> chunk, bool isLast)
    {
        var end = offset + chunk.Length;
        Span<byte> character = stackalloc byte[2 * LongestCharacter];
        BitConverter.TryWriteBytes(character, _tail);
        var length = _tailLength;
        for (; length > 0 && length < LongestCharacter && chunk.Length > 0 && (chunk[0] & 0xC0) == 0x80; chunk = chunk[1..])
            character[length++] = chunk[0];

        if (chunk.Length == 0 && !isLast && UnfinishedLength(character[..length]) == length)
        {
            KeepTail(character[..length]);
            return;
        }

        var clean = Utf8.IsValid(character[..length]);
        var tail = isLast ? 0 : UnfinishedLength(chunk);
        KeepTail(chunk[^tail..]);
        chunk = chunk[..^tail];
        if (!clean || chunk.Contains((byte)0) || !Utf8.IsValid(chunk)) SuspectUpTo = end;
    }

    void KeepTail(ReadOnlySpan<byte> bytes)
    {
        (_tail, _tailLength) = (0, bytes.Length);
        for (var i = 0; i < bytes.Length; i++) _tail |= (uint)bytes[i] << (8 * i);
    }

    /// <summary>Number of bytes at the end that begin an incomplete character.</summary>
    static int UnfinishedLength(ReadOnlySpan<byte> chunk)
    {
        for (var length = 1; length < LongestCharacter && length <= chunk.Length; length++)
        {
            var value = chunk[^length];
            if (value < 0x80) return 0;
            if (value >= 0xC0) return Rune.DecodeFromUtf8(chunk[^length..], out _, out _) == OperationStatus.NeedMoreData
                ? length : 0;
        }

        return 0;
    }
}
