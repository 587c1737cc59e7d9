using System.IO.Compression;
using System.Security.Cryptography;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Writes a file into the archive under a temporary name: complete, flushed to disk and verified.</summary>
static class ArchiveCopy
{
    const int PieceBytes = 1 << 20;
    static readonly TimeSpan RenewEvery = DisposalLedger.Lease / 4;

    /// <summary>Creates a hard link; false if that is not possible, and the file must be copied.</summary>
    public static bool TryLink(in SeenFile source, string temporary)
    {
        if (!OperatingSystem.IsLinux() || LinuxMoves.Link(source.Path, temporary) != 0) return false;
        if (!FileStat.TryStat(temporary, out var linked) || !VersionCheck.IsSameFile(linked, source))
        {
            File.Delete(temporary);
            throw new SourceChangedException();
        }

        using var handle = File.OpenHandle(temporary);
        RandomAccess.FlushToDisk(handle);
        return true;
    }

    /// <summary>Copies the file, flushes it, and reads it again.</summary>
    /// <param name="due">The file.</param>
    /// <param name="source">The file as observed when it was verified to be the loaded version.</param>
    /// <param name="temporary">The destination.</param>
    /// <param name="gzip">Whether to compress it.</param>
    /// <param name="renew">Renews the lease; called every half minute.</param>
    /// <param name="time">The clock of <paramref name="renew"/>.</param>
    /// <param name="cancellationToken">Cancels; the copy is then incomplete.</param>
    /// <exception cref="SourceChangedException">The file is no longer the version that was loaded.</exception>
    /// <exception cref="IOException">The file cannot be read, the copy cannot be written, or the two differ.</exception>
    public static async Task CopyAsync(
        DueDisposal due, SeenFile source, string temporary, bool gzip, Func<Task> renew, TimeProvider time,
        CancellationToken cancellationToken)
    {
        byte[] read;
        await using (var from = new FileStream(source.Path, FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete, 0))
        {
            if (!IsStill(from)) throw new SourceChangedException();
            await using var to = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
            await using (var packed = gzip ? new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true) : null)
                read = await PourAsync(from, packed is null ? to : packed, renew, time, cancellationToken);
            to.Flush(flushToDisk: true);
            if (!IsStill(from) || (due.Sha256 is { } sha256 && !read.AsSpan().SequenceEqual(sha256)))
                throw new SourceChangedException();
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(to.SafeFileHandle, File.GetUnixFileMode(from.SafeFileHandle));
        }

        await renew();
        if (!(await Task.Run(() => VersionCheck.HashOf(temporary, gzip), cancellationToken)).AsSpan().SequenceEqual(read))
            throw new IOException($"the copy {temporary} differs from what was written: the disk or share has lost data");
        File.SetLastWriteTimeUtc(temporary, DateTime.UnixEpoch.AddTicks(source.ModifiedNanoseconds / 100));

        bool IsStill(FileStream file) => FileStat.TryStat(file.SafeFileHandle, source.Path, out var now)
            && VersionCheck.IsSameFile(now, source);
    }

    static async Task<byte[]> PourAsync(Stream from, Stream to, Func<Task> renew, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceBytes];
        var renewed = time.GetTimestamp();
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            if (time.GetElapsedTime(renewed) < RenewEvery) continue;
            await renew();
            renewed = time.GetTimestamp();
        }

        return hash.GetHashAndReset();
    }
}

/// <summary>The file at the path is no longer the version that was loaded.</summary>
sealed class SourceChangedException() : IOException("the file changed while it was being archived");
