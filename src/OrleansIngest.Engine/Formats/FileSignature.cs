using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Recognizes files that are not UTF-8 text by their first bytes, so that they are refused as a whole with one clear
/// message.</summary>
static class FileSignature
{
    /// <summary>Why the file is not read, or null.</summary>
    public static string? Refusal(ByteContent content)
    {
        Span<byte> start = stackalloc byte[6];
        start = start[..content.Read(0, start)];
        return start switch
        {
            [0x1F, 0x8B, ..] => "the file is gzip-compressed; set compression: auto to load it",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "the file is zstd-compressed; set compression: auto to load it",
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41] =>
                "the file is bzip2-compressed; decompress it first (bunzip2)",
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => "the file is xz-compressed; decompress it first (unxz)",
            [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C] => "the file is a 7z archive; unpack it first (7z x)",
            [(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1A, 7] => "the file is a RAR archive; unpack it first (unrar x)",
            [(byte)'P', (byte)'K', 3, 4, ..] => "the file is a ZIP archive (or a spreadsheet); unpack it, or save it as CSV",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "the file is Parquet, not CSV",
            _ => null,
        };
    }
}
