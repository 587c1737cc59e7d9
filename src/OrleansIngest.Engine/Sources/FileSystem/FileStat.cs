using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The metadata of one file at one moment. On Linux with nanosecond mtime, device and inode; elsewhere with mtime in
/// steps of 100 ns and device = inode = 0 (unknown).</summary>
public static class FileStat
{
    /// <summary>Reads the metadata of a path. Symbolic links are followed wherever they lead: whether a link may be followed is
    /// decided once, by <see cref="DirectoryLister"/>, and a link that is changed afterwards appears as another inode. The inode
    /// is always the file system's own number.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    /// <param name="seen">The file; its path is <paramref name="path"/> as given.</param>
    /// <returns>False if there is no regular file, or permission is missing.</returns>
    public static bool TryStat(string path, out SeenFile seen) => Stat(path, out seen) == StatOutcome.File;

    /// <summary>Reads the metadata of an open file, whatever its name refers to by now.</summary>
    /// <param name="handle">Open for reading.</param>
    /// <param name="path">The path to put into <paramref name="seen"/>.</param>
    /// <param name="seen">The file.</param>
    /// <returns>False if the handle is not that of a regular file.</returns>
    public static bool TryStat(SafeFileHandle handle, string path, out SeenFile seen)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (OperatingSystem.IsLinux())
        {
            var outcome = LinuxFiles.Stat(handle, out var raw);
            seen = outcome == StatOutcome.File ? ToSeenFile(path, raw) : default;
            return outcome == StatOutcome.File;
        }

        seen = new(path, RandomAccess.GetLength(handle), ToNanoseconds(File.GetLastWriteTimeUtc(handle)), 0, 0);
        return true;
    }

    /// <summary>Whether a path is that of a pipe or socket; false if it does not exist, and on
    /// systems other than Linux.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    public static bool IsPipe(string path)
    {
        const int TypeMask = 0xF000, Pipe = 0x1000, Socket = 0xC000;
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> bytes = stackalloc byte[LinuxFiles.MaxPathBytes];
        return LinuxFiles.TryEncode(path, bytes, out var length)
            && LinuxFiles.Stat(bytes[..length], follow: true, out var raw) == StatOutcome.Special
            && (raw.Mode & TypeMask) is Pipe or Socket;
    }

    /// <summary>Whether a path is that of a file that was seen before, perhaps under another name: it has its device and inode,
    /// and is not younger than that observation. File systems give the inode of a deleted file to a new one.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    /// <param name="known">With its inode. Its ctime, if known, is compared with the time at which the file at
    /// <paramref name="path"/> was created, if the file system stores that; both are times of the file system's clock.</param>
    internal static bool IsSameFile(string path, in SeenFile known)
    {
        if (!OperatingSystem.IsLinux()) return false; // no inodes
        Span<byte> bytes = stackalloc byte[LinuxFiles.MaxPathBytes];
        return LinuxFiles.TryEncode(path, bytes, out var length)
            && LinuxFiles.StatWithCreation(bytes[..length], out var raw) == StatOutcome.File
            && (raw.Device, raw.Inode) == (known.Device, known.Inode)
            && (known.ChangedNanoseconds == 0 || raw.CreatedNanoseconds <= known.ChangedNanoseconds);
    }

    internal static StatOutcome Stat(string path, out SeenFile seen)
    {
        seen = default;
        if (OperatingSystem.IsLinux())
        {
            Span<byte> bytes = stackalloc byte[LinuxFiles.MaxPathBytes];
            if (!LinuxFiles.TryEncode(path, bytes, out var length))
                return StatOutcome.Error;
            var outcome = LinuxFiles.Stat(bytes[..length], follow: true, out var raw);
            if (outcome == StatOutcome.File)
                seen = ToSeenFile(path, raw);
            return outcome;
        }

        return StatPortable(path, out seen);
    }

    /// <summary>For systems other than Linux. Does not follow links.</summary>
    internal static StatOutcome StatPortable(string path, out SeenFile seen)
    {
        seen = default;
        var info = new FileInfo(path);
        if (!info.Exists)
            return Directory.Exists(path) ? StatOutcome.Directory : StatOutcome.Missing;
        if (info.LinkTarget is not null)
            return StatOutcome.Link;
        seen = new(path, info.Length, ToNanoseconds(info.LastWriteTimeUtc), 0, 0);
        return StatOutcome.File;
    }

    internal static SeenFile ToSeenFile(string path, in RawStat raw) =>
        new(path, raw.Size, raw.ModifiedNanoseconds, raw.Device, raw.Inode, raw.ChangedNanoseconds);

    internal static long ToNanoseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * 100;
}
