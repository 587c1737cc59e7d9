namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Replaces the content of a file in one step: whoever reads it sees the old content or the new one, also after a power
/// failure. Owner and permissions stay.</summary>
public static class FileRewrite
{
    /// <summary>Writes the content.</summary>
    /// <param name="path">An existing regular file, not a link; absolute.</param>
    /// <param name="content">What it contains afterwards.</param>
    /// <exception cref="IOException">It cannot be written, or not with its owner; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory or the file must not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) throw new IOException($"{path} is a link");
        using (File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite)) { } // else the directory's permission would suffice
        var directory = Path.GetDirectoryName(path)!;
        var beside = Path.Combine(directory, $".{file.Name}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows())
            {
                LinuxMoves.CopyOwner(path, beside);
                File.SetUnixFileMode(beside, file.UnixFileMode); // after the owner: a change of it clears set-user-id
            }

            File.Move(beside, path, overwrite: true);
            LinuxMoves.SyncDirectory(directory);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
