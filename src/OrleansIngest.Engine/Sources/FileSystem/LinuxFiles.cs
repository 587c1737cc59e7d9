using System.Runtime.InteropServices;
using System.Text;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The functions of libc that .NET does not expose: nanosecond mtime, device and inode in one call, relative to an open
/// directory.</summary>
static unsafe partial class LinuxFiles
{
    const int AtCurrentDirectory = -100;
    const int AtNoFollow = 0x100;
    const int AtEmptyPath = 0x1000;
    const uint BasicStats = 0x7ff;
    const uint BirthTime = 0x800;
    const int OpenPathCloseOnExec = 0x200000 | 0x80000;
    const int NoEntry = 2;
    const int NotADirectory = 20;

    /// <summary>Maximum length of a name or path, in bytes with the terminating zero: PATH_MAX.</summary>
    public const int MaxPathBytes = 4096;

    /// <summary>Reads the metadata of <paramref name="name"/>, which ends in a zero byte, relative to
    /// <paramref name="directory"/>.</summary>
    public static StatOutcome Stat(int directory, ReadOnlySpan<byte> name, bool follow, out RawStat stat)
    {
        fixed (byte* pointer = name)
            return Stat(directory, pointer, follow ? 0 : AtNoFollow, out stat);
    }

    /// <summary>Reads the metadata of a path that ends in a zero byte.</summary>
    public static StatOutcome Stat(ReadOnlySpan<byte> path, bool follow, out RawStat stat) =>
        Stat(AtCurrentDirectory, path, follow, out stat);

    /// <summary>Reads the metadata of a path that ends in a zero byte, with the time at which the file was created.</summary>
    public static StatOutcome StatWithCreation(ReadOnlySpan<byte> path, out RawStat stat)
    {
        fixed (byte* pointer = path)
            return Stat(AtCurrentDirectory, pointer, 0, BasicStats | BirthTime, out stat);
    }

    /// <summary>Reads the metadata of an open file.</summary>
    public static StatOutcome Stat(SafeHandle handle, out RawStat stat)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            byte empty = 0;
            return Stat((int)handle.DangerousGetHandle(), &empty, AtEmptyPath, out stat);
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>A descriptor for examining names in a directory, or -1.</summary>
    public static int OpenDirectory(string path)
    {
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        if (!TryEncode(path, bytes, out var length))
            return -1;
        fixed (byte* pointer = bytes[..length])
            return Open(pointer, OpenPathCloseOnExec, 0);
    }

    /// <summary>Closes a descriptor from <see cref="OpenDirectory"/>.</summary>
    public static void CloseDirectory(int descriptor)
    {
        if (descriptor >= 0)
            _ = Close(descriptor);
    }

    /// <summary>f_type of an open directory's file system; 0 if unknown.</summary>
    public static uint FileSystemType(int descriptor)
    {
        // struct statfs is 120 bytes on 64-bit Linux and begins with f_type.
        var buffer = stackalloc long[64];
        return StatFileSystem(descriptor, buffer) == 0 ? (uint)buffer[0] : 0;
    }

    /// <summary>The path with every symbolic link resolved, or null if it does not exist.</summary>
    public static string? RealPath(ReadOnlySpan<char> path)
    {
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        if (!TryEncode(path, bytes, out var length))
            return null;
        var resolved = stackalloc byte[MaxPathBytes];
        fixed (byte* pointer = bytes[..length])
        {
            return ResolvePath(pointer, resolved) == null
                ? null
                : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
        }
    }

    /// <summary>UTF-8 with a terminating zero; false if it does not fit. <paramref name="length"/> counts the zero.</summary>
    public static bool TryEncode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        if (!Encoding.UTF8.TryGetBytes(text, bytes[..^1], out length))
            return false;
        bytes[length++] = 0;
        return true;
    }

    static StatOutcome Stat(int directory, byte* name, int flags, out RawStat stat) =>
        Stat(directory, name, flags, BasicStats, out stat);

    static StatOutcome Stat(int directory, byte* name, int flags, uint mask, out RawStat stat)
    {
        if (StatX(directory, name, flags, mask, out stat) == 0)
        {
            return (stat.Mode & 0xF000) switch
            {
                0x8000 => StatOutcome.File,
                0x4000 => StatOutcome.Directory,
                0xA000 => StatOutcome.Link,
                _ => StatOutcome.Special,
            };
        }

        return Marshal.GetLastPInvokeError() is NoEntry or NotADirectory ? StatOutcome.Missing : StatOutcome.Error;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(int directory, byte* name, int flags, uint mask, out RawStat stat);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int StatFileSystem(int descriptor, void* buffer);

    [LibraryImport("libc", EntryPoint = "realpath")]
    private static partial byte* ResolvePath(byte* path, byte* resolved);
}
