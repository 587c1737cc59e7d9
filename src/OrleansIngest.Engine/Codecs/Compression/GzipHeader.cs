using System.Buffers.Binary;
using System.IO.Hashing;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>A gzip member's header: not needed here, but it must be skipped, and may have a checksum.</summary>
static class GzipHeader
{
    const int HasCrc = 2, HasExtra = 4, HasName = 8, HasComment = 16, Reserved = 0xE0;
    /// <summary>Bytes that every header has.</summary>
    public const int FixedBytes = 10;

    /// <summary>Skips a header.</summary>
    /// <param name="source">Positioned at its first byte.</param>
    /// <exception cref="BrokenContentException">It is damaged.</exception>
    public static void Skip(StoredStream source)
    {
        var crc = new Crc32();
        int flags = Expect(source, FixedBytes)[3];
        if ((flags & Reserved) != 0)
            throw new BrokenContentException(
                $"a gzip header has unknown flags (0x{flags:x2}); the file is damaged: deliver it again");
        Take(source, crc, FixedBytes);
        if ((flags & HasExtra) != 0)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(Expect(source, 2));
            Take(source, crc, 2);
            Expect(source, length);
            Take(source, crc, length);
        }

        if ((flags & HasName) != 0) TakeText(source, crc);
        if ((flags & HasComment) != 0) TakeText(source, crc);
        if ((flags & HasCrc) == 0) return;
        var expected = BinaryPrimitives.ReadUInt16LittleEndian(Expect(source, 2));
        if ((ushort)crc.GetCurrentHashAsUInt32() != expected)
            throw new BrokenContentException(
                "the checksum of a gzip header does not match; the file is damaged: deliver it again");
        source.Skip(2);
    }

    /// <summary>The exception for missing bytes.</summary>
    public static BrokenContentException CutOff(string where) =>
        new($"the stream is truncated {where}, so the file is incomplete: deliver it again");

    static void TakeText(StoredStream source, Crc32 crc)
    {
        while (true)
        {
            var bytes = source.Next();
            if (bytes.IsEmpty) throw CutOff("in a header");
            var end = bytes.IndexOf((byte)0);
            Take(source, crc, end < 0 ? bytes.Length : end + 1);
            if (end >= 0) return;
        }
    }

    static ReadOnlySpan<byte> Expect(StoredStream source, int count)
    {
        var bytes = source.Peek(count);
        return bytes.Length == count
            ? bytes
            : throw CutOff("in a header");
    }

    static void Take(StoredStream source, Crc32 crc, int count)
    {
        crc.Append(source.Peek(count));
        source.Skip(count);
    }
}
