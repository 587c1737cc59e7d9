using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>The archives that are expanded.</summary>
enum ArchiveKind
{
    Zip,
    Tar,
}

/// <summary>Recognizes archives by their first bytes.</summary>
static class ArchiveKinds
{
    /// <summary>The kind of archive; null for other content.</summary>
    /// <param name="head">Its first <see cref="ContentCodecs.HeadBytes"/>.</param>
    public static ArchiveKind? Of(ReadOnlySpan<byte> head) =>
        ZipArchiveContent.Recognizes(head) ? ArchiveKind.Zip : TarArchive.Recognizes(head) ? ArchiveKind.Tar : null;

    /// <summary>Lists an archive.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="content">Its bytes; not owned.</param>
    /// <exception cref="BrokenContentException">It is damaged.</exception>
    public static ArchiveListing List(ArchiveKind kind, ByteContent content)
    {
        if (kind == ArchiveKind.Zip) return ZipArchiveContent.Read(content).List();
        using var tar = new TarArchive(new SharedContent(content));
        return tar.List();
    }
}
