namespace OrleansIngest.Generator;

/// <summary>Files of the wanted prefix stand in the output directory already.</summary>
/// <param name="path">One of them.</param>
public sealed class FilesExistException(string path) : IOException($"{path} exists already")
{
    /// <summary>One of them.</summary>
    public string ExistingPath { get; } = path;
}
