using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Engine.Formats;

/// <summary>Says of the bytes that go by whether they are UTF-8 without NUL, a chunk at a time: once per 128 KiB instead of once
/// per record. Only records in chunks that are not clean must be looked at one by one.</summary>
struct TextCheck
{
    const int LongestCharacter = 4;

    uint _tail;       // the first bytes of a character that the next chunk ends, in their order from the low byte on
    int _tailLength;

    /// <summary>Every byte that was shown lies in a clean chunk, or before this offset.</summary>
    public long SuspectUpTo { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="offset">Where they are in the file; the end of the bytes before.</param>
    /// <param name="chunk">The bytes; none at the end of the file.</param>
    /// <param name="isLast">Whether nothing may follow them.</param>
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

    /// <summary>How many bytes at the end begin a character that is not whole yet.</summary>
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
