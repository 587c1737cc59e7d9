using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Recognizes files that are no UTF-8 text by their first bytes, so that they are refused as a whole with one clear message.</summary>
static class FileSignature
{
    /// <summary>Why the file is not read, or null.</summary>
    public static string? Refusal(ByteContent content)
    {
        Span<byte> start = stackalloc byte[6];
        start = start[..content.Read(0, start)];
        return start switch
        {
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "the file is UTF-16; convert it to UTF-8, for example with: iconv -f UTF-16 -t UTF-8",
            [0x1F, 0x8B, ..] => "the file is gzip-compressed; decompress it first (gunzip)",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "the file is zstd-compressed; decompress it first (zstd -d)",
            [(byte)'P', (byte)'K', 3, 4, ..] => "the file is a ZIP archive (or a spreadsheet); unpack it, or save it as CSV",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "the file is Parquet, not CSV",
            _ => null,
        };
    }
}
