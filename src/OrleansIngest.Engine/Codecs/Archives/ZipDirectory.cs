using System.Buffers.Binary;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>Finds and reads the directory at a zip archive's end.</summary>
static class ZipDirectory
{
    const int EndBytes = 22, LongestComment = 65535, Locator64Bytes = 20, End64Bytes = 56;
    const long MostDirectoryBytes = 256 << 20;

    /// <summary>Reads the directory.</summary>
    /// <exception cref="BrokenContentException">There is none, or it is damaged.</exception>
    public static IReadOnlyList<ZipEntry> Read(ByteContent content)
    {
        if (content.Length is not { } length)
            throw new BrokenContentException(
                "a zip archive has its directory at its end, so it can be read only from a file: not from a pipe, and not from "
                + "another archive");
        var tail = new byte[(int)Math.Min(length, EndBytes + LongestComment + Locator64Bytes)];
        ReadFully(content, length - tail.Length, tail);
        var at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        while (at >= 0 && at + EndBytes + CommentLength(tail, at) != tail.Length)
            at = tail.AsSpan(0, at).LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0)
            throw new BrokenContentException("the zip archive has no directory at its end: it is not complete; deliver it again");
        var end = tail.AsSpan(at);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
            offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var disk = BinaryPrimitives.ReadUInt16LittleEndian(end[4..]);
        if (at >= Locator64Bytes && tail.AsSpan(at - Locator64Bytes).StartsWith("PK\u0006\u0007"u8))
            (count, size, offset) = Read64(content,
                BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at - Locator64Bytes + 8)), length);
        else if (disk != 0)
            throw new BrokenContentException("the zip archive is one part of several: put them together first (zip -s 0)");
        if (size > MostDirectoryBytes || offset < 0 || size < 0 || offset + size > length)
            throw new BrokenContentException(
                "the zip archive's directory is damaged: it would not fit into the file; deliver it again");
        return Entries(content, count, size, offset);
    }

    /// <summary>Reads bytes that must exist.</summary>
    public static void ReadFully(ByteContent content, long offset, Span<byte> buffer)
    {
        for (int read; !buffer.IsEmpty; buffer = buffer[read..], offset += read)
        {
            read = offset < 0 ? 0 : content.Read(offset, buffer);
            if (read == 0) throw new BrokenContentException("the zip archive is not complete; deliver it again");
        }
    }

    static IReadOnlyList<ZipEntry> Entries(ByteContent content, long count, long size, long offset)
    {
        var bytes = new byte[size];
        ReadFully(content, offset, bytes);
        var entries = new List<ZipEntry>();
        ReadOnlySpan<byte> rest = bytes;
        for (long i = 0; i < count; i++) entries.Add(ZipEntry.Read(ref rest));
        return entries;
    }

    static (long Count, long Size, long Offset) Read64(ByteContent content, long at, long length)
    {
        var end = new byte[End64Bytes];
        if (at < 0 || at > length - End64Bytes)
            throw new BrokenContentException("the zip archive's directory is damaged; deliver it again");
        ReadFully(content, at, end);
        if (!end.AsSpan().StartsWith("PK\u0006\u0006"u8))
            throw new BrokenContentException("the zip archive's directory is damaged; deliver it again");
        return (BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(40)),
            BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)));
    }

    static int CommentLength(byte[] tail, int at) =>
        at + EndBytes > tail.Length ? int.MinValue / 2 : BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 20));
}
