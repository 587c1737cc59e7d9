using System.IO.Compression;
using System.Security.Cryptography;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Whether the file at a path is the loaded version, or an exact copy of it.</summary>
static class VersionCheck
{
    /// <summary>Whether the file at its own path is the version of the ledger: by size and mtime, and then by ctime, which cannot
    /// be set back; if ctime shows a change, by content, or by inode if the content is unknown.</summary>
    public static bool IsVersion(DueDisposal due, in SeenFile now) =>
        now.IsSameVersionAs(due.File)
        && ((due.File.ChangedNanoseconds != 0 && due.File.ChangedNanoseconds == now.ChangedNanoseconds)
            || (due.Sha256 is { } sha256 ? HashOf(now.Path, gzip: false).AsSpan().SequenceEqual(sha256)
                : now.Inode == due.File.Inode));

    /// <summary>Whether two observations are of the same file, whatever its name, and it was not written to in between.</summary>
    public static bool IsSameFile(in SeenFile left, in SeenFile right) =>
        left.Device == right.Device && left.Inode == right.Inode && left.IsSameVersionAs(right);

    /// <summary>Whether a file in the archive has the loaded content, unchanged or compressed by gzip.</summary>
    public static bool IsArchived(DueDisposal due, string target)
    {
        if (!FileStat.TryStat(target, out var there)) return false;
        if (due.Sha256 is not { } sha256) return there.IsSameVersionAs(due.File);
        if (there.Size == due.File.Size && HashOf(target, gzip: false).AsSpan().SequenceEqual(sha256)) return true;
        return due.Step.Gzip && HashOf(target, gzip: true).AsSpan().SequenceEqual(sha256);
    }

    /// <summary>The SHA-256 of a file, or of its decompressed content; empty if it is not compressed.</summary>
    public static byte[] HashOf(string path, bool gzip)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        try
        {
            if (!gzip) return SHA256.HashData(file);
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return SHA256.HashData(unpacked);
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>Whether a file's first bytes are those of gzip, zstd, lz4, ZIP or Parquet:
    /// compressing it again gains nothing.</summary>
    public static bool IsCompressed(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        Span<byte> head = stackalloc byte[4];
        var read = file.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = head[..read];
        return start.StartsWith<byte>([0x1F, 0x8B]) || start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD])
            || start.StartsWith<byte>([0x04, 0x22, 0x4D, 0x18])
            || start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PAR1"u8);
    }
}
