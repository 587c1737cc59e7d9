using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The outcome of renaming a file.</summary>
enum MoveOutcome
{
    /// <summary>It has the new name, and no longer the old one.</summary>
    Moved,

    /// <summary>The new name is taken.</summary>
    Taken,

    /// <summary>The old name does not exist.</summary>
    Missing,

    /// <summary>They are on different devices, or the file system does not support it: copy the file.</summary>
    Impossible,
}

/// <summary>Renames files without ever replacing one.</summary>
static class FileMoves
{
    /// <summary>Renames a file on the same device.</summary>
    /// <exception cref="IOException">The file system refuses: no permission, no space, read-only.</exception>
    public static MoveOutcome Move(string from, string to)
    {
        if (!OperatingSystem.IsLinux()) return MoveAnywhere(from, to);
        var error = LinuxMoves.RenameToFree(from, to);
        if (error is LinuxMoves.Invalid or LinuxMoves.NotImplemented or LinuxMoves.NotSupported)
        {
            // NFS and others: create a hard link, then remove the first name. A kill in between leaves both.
            error = LinuxMoves.Link(from, to);
            if (error == 0) File.Delete(from);
            else if (error is LinuxMoves.NotPermitted or LinuxMoves.NotImplemented or LinuxMoves.NotSupported)
                return MoveOutcome.Impossible;
        }

        return error switch
        {
            0 => MoveOutcome.Moved,
            LinuxMoves.Exists => MoveOutcome.Taken,
            LinuxMoves.NoEntry when !File.Exists(from) => MoveOutcome.Missing,
            LinuxMoves.OtherDevice => MoveOutcome.Impossible,
            _ => throw new IOException($"{from} cannot be moved to {to}: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }

    /// <summary>Makes the names in directories durable; nothing on systems other than Linux.</summary>
    public static void Sync(params ReadOnlySpan<string> directories)
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var directory in directories) LinuxMoves.SyncDirectory(directory);
    }

    /// <summary>Creates a directory, with those above it, durably.</summary>
    public static void MakeDirectory(string directory)
    {
        if (Directory.Exists(directory)) return;
        var above = Path.GetDirectoryName(directory);
        if (above is not null) MakeDirectory(above);
        Directory.CreateDirectory(directory);
        if (above is not null) Sync(above);
    }

    static MoveOutcome MoveAnywhere(string from, string to)
    {
        if (!File.Exists(from)) return MoveOutcome.Missing;
        if (Path.Exists(to)) return MoveOutcome.Taken;
        File.Move(from, to, overwrite: false);
        return MoveOutcome.Moved;
    }
}
