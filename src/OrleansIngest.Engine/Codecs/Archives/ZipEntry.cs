using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A file of a zip archive, as described in its directory.</summary>
sealed record ZipEntry(string Name, int Flags, int Method, uint Crc, long StoredSize, long Size, long HeaderOffset)
{
    /// <summary>Not compressed.</summary>
    public const int Stored = 0;

    /// <summary>Deflate.</summary>
    public const int Deflated = 8;

    /// <summary>Zstandard.</summary>
    public const int Zstd = 93;

    const int FixedBytes = 46, Zip64 = 1, IsEncrypted = 1, IsUtf8 = 0x800;

    /// <summary>Why it cannot be read, or null.</summary>
    public string? Refusal => (Flags & IsEncrypted) != 0
        ? "the file is encrypted, which is not supported: decrypt the archive first"
        : Method is Stored or Deflated or Zstd
            ? null
            : $"the file is compressed by {MethodName}, which is not supported: pack it again with deflate, which every zip "
                + "program has";

    string MethodName => Method switch
    {
        9 => "deflate64",
        12 => "bzip2",
        14 => "LZMA",
        95 => "xz",
        98 => "PPMd",
        _ => $"method {Method}",
    };

    /// <summary>Reads an entry.</summary>
    /// <param name="bytes">Starts with the entry; advanced past it.</param>
    /// <exception cref="BrokenContentException">It is damaged.</exception>
    public static ZipEntry Read(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes || bytes is not [(byte)'P', (byte)'K', 1, 2, ..]) throw Damaged();
        int flags = Short(bytes, 8), nameLength = Short(bytes, 28), extraLength = Short(bytes, 30);
        var end = FixedBytes + nameLength + extraLength + Short(bytes, 32);
        if (end > bytes.Length) throw Damaged();
        var name = bytes.Slice(FixedBytes, nameLength);
        long size = Int(bytes, 24), stored = Int(bytes, 20), offset = Int(bytes, 42);
        Widen(bytes.Slice(FixedBytes + nameLength, extraLength), ref size, ref stored, ref offset);
        var entry = new ZipEntry(NameOf(name, flags), flags, Short(bytes, 10), Int(bytes, 16), stored, size, offset);
        bytes = bytes[end..];
        return entry;
    }

    /// <summary>Numbers that do not fit are in an extra field, in this order, which contains no others.</summary>
    static void Widen(ReadOnlySpan<byte> extra, ref long size, ref long stored, ref long offset)
    {
        while (extra.Length >= 4)
        {
            int id = Short(extra, 0), length = Short(extra, 2);
            if (length > extra.Length - 4) return;
            var field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (id != Zip64) continue;
            Take(ref field, ref size);
            Take(ref field, ref stored);
            Take(ref field, ref offset);
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long number)
        {
            if (number != uint.MaxValue) return;
            if (field.Length < 8) throw Damaged();
            number = BinaryPrimitives.ReadInt64LittleEndian(field);
            if (number < 0) throw Damaged();
            field = field[8..];
        }
    }

    /// <summary>UTF-8 if the archive declares it or the bytes are valid UTF-8; otherwise the code page of MS-DOS.</summary>
    static string NameOf(ReadOnlySpan<byte> name, int flags)
    {
        if ((flags & IsUtf8) != 0 || Utf8.IsValid(name)) return Encoding.UTF8.GetString(name);
        var characters = TextEncoding.Find("ibm437")!.Characters;
        return string.Concat(name.ToArray().Select(value => characters[value]));
    }

    static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static BrokenContentException Damaged() => new("the zip archive's directory is damaged; deliver it again");
}
