using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using K4os.Compression.LZ4;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Compression;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Codecs;

/// <summary>Makes what the codecs read, in pieces: gzip members, zstd and lz4 frames.</summary>
static class Compressed
{
    /// <summary>Small enough that most reads need a decoder that begins anew.</summary>
    public static readonly DecodeLimits SmallWindow = new()
    { WindowBytes = 2 * DecodedContent.ChunkBytes, AheadBytes = DecodedContent.ChunkBytes };

    public static readonly string[] Names = ["gzip", "zstd", "brotli", "lz4"];

    public static StreamCodec Codec(string name, DecodeLimits? limits = null) => name switch
    {
        "gzip" => new GzipCodec(limits ?? SmallWindow),
        "zstd" => new ZstdCodec(limits ?? SmallWindow),
        "brotli" => new BrotliCodec(limits ?? SmallWindow),
        _ => new Lz4Codec(limits ?? SmallWindow),
    };

    /// <summary>Text of lines, some of them like others, and so compressible to about a fifth.</summary>
    public static byte[] Text(int bytes, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var line = 0; text.Length < bytes; line++)
            text.Append(line).Append(",name ").Append(random.Next(50)).Append(',').Append(random.Next()).Append(",Grüße\n");
        return Encoding.UTF8.GetBytes(text.ToString())[..bytes];
    }

    /// <summary>Compresses by pieces of a size; brotli knows no pieces.</summary>
    public static byte[] Make(string codec, byte[] data, int pieceBytes)
    {
        if (codec == "brotli") return Brotli(data);
        using var stored = new MemoryStream();
        for (var at = 0; at < data.Length || at == 0; at += pieceBytes)
            stored.Write(Piece(codec, data.AsSpan(at, Math.Min(pieceBytes, data.Length - at))));
        return stored.ToArray();
    }

    public static byte[] Piece(string codec, ReadOnlySpan<byte> data)
    {
        switch (codec)
        {
            case "gzip":
                using (var stored = new MemoryStream())
                {
                    using (var gzip = new GZipStream(stored, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(data);
                    return data.IsEmpty ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : stored.ToArray();
                }

            case "zstd":
                using (var zstd = new ZstdSharp.Compressor(1))
                {
                    zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                    return zstd.Wrap(data).ToArray();
                }

            default:
                return Lz4Frame(data);
        }
    }

    /// <summary>Compresses as far as it goes.</summary>
    public static byte[] Bomb(string codec, byte[] data)
    {
        if (codec != "gzip") return Make(codec, data, data.Length);
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(data);
        return stored.ToArray();
    }

    /// <summary>Reads all of a content, with buffers of changing size.</summary>
    public static byte[] ReadAll(ByteContent content, long from = 0)
    {
        using var all = new MemoryStream();
        var buffer = new byte[100_000];
        for (var at = from; ;)
        {
            var read = content.Read(at, buffer.AsSpan(0, 1 + (int)(at * 7919 % 99_999)));
            if (read == 0) return all.ToArray();
            all.Write(buffer, 0, read);
            at += read;
        }
    }

    static byte[] Brotli(byte[] data)
    {
        using var stored = new MemoryStream();
        using (var brotli = new BrotliStream(stored, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(data);
        return stored.ToArray();
    }

    /// <summary>A frame of blocks of 64 KiB that stand alone, with all checksums there are.</summary>
    static byte[] Lz4Frame(ReadOnlySpan<byte> data)
    {
        using var frame = new MemoryStream();
        byte[] descriptor = [0b0111_1100, 0x40, .. BitConverter.GetBytes((long)data.Length)];
        frame.Write([0x04, 0x22, 0x4D, 0x18, .. descriptor, (byte)(XxHash32.HashToUInt32(descriptor) >> 8)]);
        var target = new byte[LZ4Codec.MaximumOutputSize(65536)];
        for (var at = 0; at < data.Length; at += 65536)
        {
            var block = data.Slice(at, Math.Min(65536, data.Length - at));
            var length = LZ4Codec.Encode(block, target);
            var isStored = length >= block.Length;
            var bytes = isStored ? block : target.AsSpan(0, length);
            Word(frame, (uint)bytes.Length | (isStored ? 0x8000_0000 : 0));
            frame.Write(bytes);
            Word(frame, XxHash32.HashToUInt32(bytes));
        }

        Word(frame, 0);
        Word(frame, XxHash32.HashToUInt32(data));
        return frame.ToArray();
    }

    static void Word(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
