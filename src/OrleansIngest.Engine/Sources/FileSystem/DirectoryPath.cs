namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Functions of paths as text.</summary>
static class DirectoryPath
{
    /// <summary>Whether a path is the directory itself or something in it.</summary>
    public static bool IsSameOrBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> directory)
    {
        directory = directory.TrimEnd('/');
        return path.StartsWith(directory, StringComparison.Ordinal)
            && (path.Length == directory.Length || path[directory.Length] == '/');
    }

    /// <summary>The directory with exactly one slash at its end.</summary>
    public static string WithSlash(string directory) => directory.EndsWith('/') ? directory : directory + '/';
}
