using System.IO.Compression;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>Recognizes workbooks by content, because an archive of other files begins in the same way.</summary>
static class WorkbookSignature
{
    /// <summary>Whether content is an Office Open XML workbook.</summary>
    public static bool Recognizes(ByteContent content)
    {
        Span<byte> head = stackalloc byte[4];
        if (content.Length is not { } length || content.Read(0, head) < 4 || !head.SequenceEqual("PK\u0003\u0004"u8))
            return false;
        try
        {
            using var archive = new ZipArchive(new ContentSeekStream(content, length), ZipArchiveMode.Read);
            return archive.GetEntry("[Content_Types].xml") is not null
                && archive.Entries.Any(entry => entry.FullName.StartsWith("xl/", StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            return false; // a truncated archive; its reader reports the problem
        }
    }

    /// <summary>Whether content is an OLE file: an older workbook, or an encrypted one.</summary>
    public static bool IsOle(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
}
