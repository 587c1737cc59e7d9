using System.Runtime.InteropServices;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>Functions of the C library that .NET does not expose.</summary>
static partial class NativeMethods
{
    internal const int SignalZero = 0;
    internal const int SignalInterrupt = 2;
    internal const int NoSuchProcess = 3;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Chown(string path, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "syncfs")]
    private static partial int SyncFileSystem(SafeHandle file);

    /// <summary>Flushes the file system of a file to disk. Linux only.</summary>
    internal static void SyncFiles(string path)
    {
        using var file = File.OpenHandle(path);
        _ = SyncFileSystem(file);
    }
}
