namespace OrleansIngest.Generator;

/// <summary>The output directory already contains files with the requested prefix.</summary>
/// <param name="path">One of them.</param>
public sealed class FilesExistException(string path) : IOException($"{path} already exists")
{
    /// <summary>One of them.</summary>
    public string ExistingPath { get; } = path;
}
