namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>A directory under a root, and the traits of its file system.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="RootLength">Length of the root's path with its closing slash: where relative paths begin.</param>
/// <param name="IsRoot">Whether it is a root itself.</param>
sealed record SearchedDirectory(string Path, int RootLength, bool IsRoot)
{
    /// <summary>The path with a slash at its end.</summary>
    public string Prefix { get; } = DirectoryPath.WithSlash(Path);

    /// <summary>An open descriptor while the directory is being listed, else -1.</summary>
    public int Descriptor { get; set; } = -1;

    /// <summary>The traits of its file system.</summary>
    public FileSystemTraits Traits { get; set; }

    /// <summary>Number of its files that could not be examined in this pass.</summary>
    public int Failures { get; set; }
}
