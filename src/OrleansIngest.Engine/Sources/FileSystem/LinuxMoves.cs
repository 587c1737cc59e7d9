using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The functions of libc that change names and make them durable.</summary>
static partial class LinuxMoves
{
    public const int NoEntry = 2, Exists = 17, OtherDevice = 18, Invalid = 22, NotImplemented = 38, NotSupported = 95,
        NotPermitted = 1;
    const int AtCurrentDirectory = -100;
    const uint NoReplace = 1;
    const int DirectoryCloseOnExec = 0x10000 | 0x80000;

    /// <summary>Renames if the new name is free; 0, or the error.</summary>
    public static int RenameToFree(string from, string to)
    {
        try
        {
            return RenameAt2(AtCurrentDirectory, from, AtCurrentDirectory, to, NoReplace) == 0 ? 0
                : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return NotImplemented; // an old musl
        }
    }

    /// <summary>Creates a hard link if its name is free; 0, or the error.</summary>
    public static int Link(string from, string to) => LinkFile(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Gives a file the owner and the group of another one.</summary>
    /// <exception cref="IOException">This process must not do that.</exception>
    public static void CopyOwner(string from, string to)
    {
        using var owned = File.OpenHandle(from);
        using var other = File.OpenHandle(to);
        if (LinuxFiles.Stat(owned, out var wanted) != StatOutcome.File || LinuxFiles.Stat(other, out var now) != StatOutcome.File)
            throw new IOException($"the owner of {from} cannot be read");
        if ((wanted.User, wanted.Group) == (now.User, now.Group)) return;
        if (ChangeOwner(to, wanted.User, wanted.Group) != 0) throw new IOException($"{from} belongs to another user");
    }

    /// <summary>Waits until the names in a directory are on disk, if the file system supports that.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Open(path, DirectoryCloseOnExec, 0);
        if (descriptor < 0) return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkFile(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
