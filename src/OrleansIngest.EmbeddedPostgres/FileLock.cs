namespace OrleansIngest.EmbeddedPostgres;

/// <summary>An exclusive flock on a file of its own. It ends with its process, however that ends.</summary>
static class FileLock
{
    /// <summary>EAGAIN of Linux and of macOS: the lock is held. Any other failure must not be mistaken for that.</summary>
    static readonly int[] Held = [11, 35];

    /// <summary>The lock until the result is disposed; null while somebody else holds it.</summary>
    /// <exception cref="IOException">The file cannot be made, on a read-only file system for example.</exception>
    internal static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException busy) when (Held.Contains(busy.HResult))
        {
            return null;
        }
    }
}
