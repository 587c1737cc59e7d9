using System.Buffers.Binary;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A zip archive, including one larger than 4 GiB (zip64).</summary>
sealed class ZipArchiveContent
{
    readonly ByteContent _content;
    readonly IReadOnlyList<ZipEntry> _entries;

    ZipArchiveContent(ByteContent content, IReadOnlyList<ZipEntry> entries) => (_content, _entries) = (content, entries);

    /// <summary>Whether content begins like a zip archive; office documents do as well.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) =>
        head is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] or [(byte)'P', (byte)'K', 7, 8, ..];

    /// <summary>Reads an archive's directory.</summary>
    /// <param name="content">The archive; not owned.</param>
    /// <exception cref="BrokenContentException">The directory is missing or damaged.</exception>
    public static ZipArchiveContent Read(ByteContent content) => new(content, ZipDirectory.Read(content));

    /// <summary>Whether it is an office document (.xlsx, .docx), which is technically a zip archive.</summary>
    public bool IsDocument => _entries.Any(e => e.Name == "[Content_Types].xml");

    /// <summary>All its contents.</summary>
    /// <exception cref="BrokenContentException">Two files have one name.</exception>
    public ArchiveListing List() =>
        ArchiveListing.Of(_entries.Select(e => (new ArchiveEntry(e.Name, e.StoredSize), (string?)null)));

    /// <summary>One of its files, as stored, and its codec.</summary>
    /// <exception cref="BrokenContentException">It is not there, or cannot be decoded.</exception>
    public (ByteContent Stored, StreamCodec Codec) Open(string name, DecodeLimits limits)
    {
        foreach (var entry in _entries)
        {
            if (entry.Name != name) continue;
            if (entry.Refusal is { } refusal) throw new BrokenContentException($"{name}: {refusal}");
            return (new SliceContent(_content, DataOf(entry), entry.StoredSize), new ZipEntryCodec(entry, limits));
        }

        throw new BrokenContentException($"the archive has no file {name}");
    }

    /// <summary>After the entry's own header, whose length only that header contains.</summary>
    long DataOf(ZipEntry entry)
    {
        var header = new byte[30];
        ZipDirectory.ReadFully(_content, entry.HeaderOffset, header);
        if (header is not [(byte)'P', (byte)'K', 3, 4, ..])
            throw new BrokenContentException(
                $"the zip archive is damaged: there is no header of {entry.Name} at byte {entry.HeaderOffset}; deliver it again");
        return entry.HeaderOffset + header.Length
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26))
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
    }
}
