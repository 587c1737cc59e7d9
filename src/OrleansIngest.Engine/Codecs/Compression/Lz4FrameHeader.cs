using System.Buffers.Binary;
using System.IO.Hashing;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Compression;

/// <summary>The header of an LZ4 frame.</summary>
readonly record struct Lz4FrameHeader(bool BlocksDepend, bool HasBlockChecksums, bool HasContentChecksum, long? ContentBytes,
    int MostBlockBytes)
{
    const int MagicBytes = 4;
    const int HasDictionary = 1, ContentChecksum = 4, ContentSize = 8, BlockChecksum = 16, BlocksAlone = 32;

    /// <summary>Reads a header, from its magic number on.</summary>
    /// <exception cref="BrokenContentException">It is damaged, or needs a dictionary.</exception>
    public static Lz4FrameHeader Read(StoredStream source)
    {
        var head = source.Peek(MagicBytes + 15); // the longest one
        if (head.Length < MagicBytes + 3) throw CutOff();
        int flags = head[MagicBytes], block = head[MagicBytes + 1] >> 4;
        if (flags >> 6 != 1)
            throw new BrokenContentException(
                $"an lz4 frame has the unknown version {flags >> 6}; the file is damaged: deliver it again");
        if ((flags & HasDictionary) != 0)
            throw new BrokenContentException(
                "the file was compressed with a dictionary, which is not in it; compress it without one");
        if (block is < 4 or > 7)
            throw new BrokenContentException(
                "an lz4 frame has no valid block size; the file is damaged: deliver it again");
        var length = MagicBytes + 2 + ((flags & ContentSize) != 0 ? 8 : 0);
        if (head.Length < length + 1) throw CutOff();
        var expected = (byte)(XxHash32.HashToUInt32(head[MagicBytes..length]) >> 8);
        if (head[length] != expected)
            throw new BrokenContentException(
                "the checksum of an lz4 frame's header does not match; the file is damaged: deliver it again");
        long? size = (flags & ContentSize) != 0 ? BinaryPrimitives.ReadInt64LittleEndian(head[(MagicBytes + 2)..]) : null;
        source.Skip(length + 1);
        return new Lz4FrameHeader((flags & BlocksAlone) == 0, (flags & BlockChecksum) != 0, (flags & ContentChecksum) != 0, size,
            1 << (8 + 2 * block));
    }

    static BrokenContentException CutOff() =>
        new("the stream is truncated in a header, so the file is incomplete: deliver it again");
}
