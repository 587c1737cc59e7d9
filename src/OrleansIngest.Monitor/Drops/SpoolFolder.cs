namespace OrleansIngest.Monitor.Drops;

/// <summary>A directory with one upload. A locked file in it says that its program is alive: the kernel releases the lock when
/// the program ends, in whichever way, and the next program removes the directory.</summary>
sealed class SpoolFolder : IDisposable
{
    const string LockName = ".lock";
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly FileStream _lock;

    SpoolFolder(string path, FileStream hold) => (Directory, _lock) = (path, hold);

    /// <summary>Absolute.</summary>
    public string Directory { get; }

    /// <summary>Creates the directory, or locks an existing one; null if another program has locked it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static SpoolFolder? Take(string path)
    {
        Make(path);
        var name = Path.Combine(path, LockName);
        FileStream? hold = null;
        try
        {
            hold = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }

        if (File.Exists(name)) return new SpoolFolder(path, hold);
        hold.Dispose(); // removed by its holder between the two
        return null;
    }

    /// <summary>Removes it with its content unless another program has locked it.</summary>
    public static void RemoveAbandoned(string path)
    {
        try
        {
            Take(path)?.Remove();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Somebody else's: it stays.
        }
    }

    /// <summary>Creates a directory that only its owner can read.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(path);
        else System.IO.Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Removes it with its content.</summary>
    public void Remove()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next program tries again.
        }

        Dispose();
    }

    /// <summary>Lets go of it.</summary>
    public void Dispose() => _lock.Dispose();
}
