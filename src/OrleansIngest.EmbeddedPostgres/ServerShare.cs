namespace OrleansIngest.EmbeddedPostgres;

/// <summary>One program's use of a server: a locked file, deleted when disposed, unlocked by the kernel when the program is
/// killed.</summary>
sealed class ServerShare(string path, FileStream held) : IDisposable
{
    public void Dispose()
    {
        File.Delete(path);
        held.Dispose();
    }
}
