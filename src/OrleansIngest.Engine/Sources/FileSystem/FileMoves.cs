using System.Runtime.InteropServices;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>How an attempt to give a file another name ended.</summary>
enum MoveOutcome
{
    /// <summary>It has the new name, and no longer the old one.</summary>
    Moved,

    /// <summary>Something has the new name already.</summary>
    Taken,

    /// <summary>Nothing has the old name.</summary>
    Missing,

    /// <summary>The two are on different devices, or the file system cannot do it: to be copied.</summary>
    Impossible,
}

/// <summary>Names of files, changed without ever replacing one.</summary>
static class FileMoves
{
    /// <summary>Gives a file another name on the same device.</summary>
    /// <exception cref="IOException">The file system refuses: no right, no space, read-only.</exception>
    public static MoveOutcome Move(string from, string to)
    {
        if (!OperatingSystem.IsLinux()) return MoveAnywhere(from, to);
        var error = LinuxMoves.RenameToFree(from, to);
        if (error is LinuxMoves.Invalid or LinuxMoves.NotImplemented or LinuxMoves.NotSupported)
        {
            // NFS and others: a second name that must be free, then the first one goes. Killed in between, the file has both.
            error = LinuxMoves.Link(from, to);
            if (error == 0) File.Delete(from);
            else if (error is LinuxMoves.NotPermitted or LinuxMoves.NotImplemented or LinuxMoves.NotSupported) return MoveOutcome.Impossible;
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

    /// <summary>Makes a directory, with those above it, durably.</summary>
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
