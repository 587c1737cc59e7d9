namespace OrleansIngest.EmbeddedPostgres;

/// <summary>An exclusive flock on a separate file. It ends with its process, however that ends.</summary>
static class FileLock
{
    /// <summary>EAGAIN on Linux and on macOS: the lock is held. Any other failure must not be mistaken for that.</summary>
    static readonly int[] Held = [11, 35];

    /// <summary>Takes the lock until the result is disposed; null if another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be created, for example on a read-only file system.</exception>
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
