using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>A block that describes what follows in a tar archive.</summary>
readonly record struct TarHeader(string Name, char Type, long Size)
{
    /// <summary>Everything in a tar archive consists of blocks of this many bytes.</summary>
    public const int BlockBytes = 512;

    const int SizeAt = 124, ChecksumAt = 148, TypeAt = 156, MagicAt = 257, PrefixAt = 345;

    /// <summary>Whether it describes the next header, and not a file.</summary>
    public bool IsAboutNext => Type is 'x' or 'g' or 'L' or 'K';

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Type is '5' or 'D';

    /// <summary>Whether <see cref="Size"/> bytes of data follow.</summary>
    public bool HasData => Type is not ('1' or '2' or '3' or '4' or '5' or '6');

    /// <summary>What it is if it is not a file; otherwise null.</summary>
    public string? Other => Type switch
    {
        '1' or '2' => "a link",
        '3' or '4' or '6' => "a device or pipe",
        'V' => "the archive's label",
        _ => null,
    };

    /// <summary>Why the file cannot be read, or null.</summary>
    public string? Refusal => Type switch
    {
        '0' or '\0' or '7' => null,
        'S' => TarNames.Sparse,
        _ => $"the file has the unknown type '{Type}': pack it again with tar --format=pax",
    };

    /// <summary>Whether a block's checksum is correct.</summary>
    public static bool IsSound(ReadOnlySpan<byte> block)
    {
        if (!TryOctal(block.Slice(ChecksumAt, 8), out var expected)) return false;
        long sum = 8 * ' ', signed = 8 * ' '; // some old programs added signed bytes
        for (var i = 0; i < BlockBytes; i++)
        {
            if (i is >= ChecksumAt and < ChecksumAt + 8) continue;
            sum += block[i];
            signed += (sbyte)block[i];
        }

        return expected == sum || expected == signed;
    }

    /// <summary>Reads a block.</summary>
    /// <exception cref="BrokenContentException">It is not a header.</exception>
    public static TarHeader Read(ReadOnlySpan<byte> block, long offset)
    {
        if (!IsSound(block) || !TryNumber(block.Slice(SizeAt, 12), out var size) || size < 0)
            throw new BrokenContentException(
                $"the tar archive is damaged: the header at byte {offset} has a wrong checksum; deliver it again");
        var name = Text(block[..100]);
        var hasPrefix = block.Slice(MagicAt, 6).SequenceEqual("ustar\0"u8) && block[PrefixAt] != 0;
        if (hasPrefix) name = $"{Text(block.Slice(PrefixAt, 155))}/{name}";
        var type = (char)block[TypeAt];
        if (type is '0' or '\0' && name.EndsWith('/')) type = '5'; // as tar of 1979 wrote directories
        return new TarHeader(name, type, size);
    }

    /// <summary>Bytes up to the first zero as text: UTF-8, otherwise Latin-1.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        if (end >= 0) field = field[..end];
        return Utf8.IsValid(field) ? Encoding.UTF8.GetString(field) : Encoding.Latin1.GetString(field);
    }

    static bool TryNumber(ReadOnlySpan<byte> field, out long number)
    {
        if (field[0] != 0x80) return TryOctal(field, out number);
        number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        return true;
    }

    static bool TryOctal(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        var digits = 0;
        foreach (var letter in field.TrimStart((byte)' '))
        {
            if (letter is 0 or (byte)' ') break;
            if (letter is < (byte)'0' or > (byte)'7') return false;
            number = 8 * number + letter - '0';
            digits++;
        }

        return digits > 0 || !field.ContainsAnyExcept((byte)0, (byte)' ');
    }
}
