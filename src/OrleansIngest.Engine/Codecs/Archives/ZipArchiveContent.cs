using System.Buffers.Binary;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A zip archive, also one larger than 4 GiB (zip64).</summary>
sealed class ZipArchiveContent
{
    readonly ByteContent _content;
    readonly IReadOnlyList<ZipEntry> _entries;

    ZipArchiveContent(ByteContent content, IReadOnlyList<ZipEntry> entries) => (_content, _entries) = (content, entries);

    /// <summary>Whether content begins as a zip archive does; documents of office programs do as well.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) =>
        head is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] or [(byte)'P', (byte)'K', 7, 8, ..];

    /// <summary>Reads an archive's directory.</summary>
    /// <param name="content">The archive; not owned.</param>
    /// <exception cref="BrokenContentException">It has none, or it is damaged.</exception>
    public static ZipArchiveContent Read(ByteContent content) => new(content, ZipDirectory.Read(content));

    /// <summary>Whether it is a document of an office program (.xlsx, .docx), which is a zip archive inside.</summary>
    public bool IsDocument => _entries.Any(e => e.Name == "[Content_Types].xml");

    /// <summary>All that is in it.</summary>
    /// <exception cref="BrokenContentException">Two files have one name.</exception>
    public ArchiveListing List() =>
        ArchiveListing.Of(_entries.Select(e => (new ArchiveEntry(e.Name, e.StoredSize), (string?)null)));

    /// <summary>One of its files, as it is stored, and how that is decoded.</summary>
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

    /// <summary>Behind the entry's own header, whose length only that header says.</summary>
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
