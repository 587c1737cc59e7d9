namespace OrleansIngest.EmbeddedPostgres;

/// <summary>Folders that every user may enter, whatever the umask: root's server runs as another user.</summary>
static class TraversableDirectory
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Creates the folder and its missing parents; existing ones keep their mode.</summary>
    internal static void Make(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            Make(parent);
        }

        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Mode);
    }
}
