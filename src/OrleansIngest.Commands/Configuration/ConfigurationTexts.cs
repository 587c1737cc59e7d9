using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The texts of the configuration on disk at one moment, not yet parsed: <c>ingest.json</c>, and the files of the
/// directory <c>ingest.d</c> beside it.</summary>
/// <param name="Main">The file itself.</param>
/// <param name="Parts">The files of the directory whose names end in <c>.json</c> and do not begin with a dot,
/// in the order of their names.</param>
/// <param name="IsNamed">Whether <c>--config</c> named the file: then it must exist.</param>
sealed record ConfigurationTexts(ConfigurationText Main, IReadOnlyList<ConfigurationText> Parts, bool IsNamed)
{
    /// <summary>What relative paths in all of the files start from: the directory of <c>ingest.json</c>.</summary>
    public string Directory => Path.GetDirectoryName(Main.Path)!;

    /// <summary>Where parts are looked for: <c>ingest.d</c> beside <c>ingest.json</c>, <c>NAME.d</c> beside
    /// <c>NAME.json</c>.</summary>
    public string PartsDirectory => Path.ChangeExtension(Main.Path, ".d");

    /// <summary>The file and the directory of parts, as far as they exist.</summary>
    public IReadOnlyList<string> Existing =>
    [
        .. Main.IsMissing ? Array.Empty<string>() : [Main.Path],
        .. System.IO.Directory.Exists(PartsDirectory) ? [PartsDirectory] : Array.Empty<string>(),
    ];

    /// <summary>Whether there is no file, and none was requested.</summary>
    public bool IsAbsent => !IsNamed && Main.IsMissing && Parts.Count == 0;

    /// <summary>Reads the files. One that cannot be read is returned with the reason; nothing is thrown.</summary>
    /// <param name="path">From <c>--config</c>; null for <see cref="IngestFile.DefaultName"/>.</param>
    /// <param name="workingDirectory">Absolute; what <paramref name="path"/> is relative to.</param>
    public static ConfigurationTexts Read(string? path, string workingDirectory)
    {
        var main = Path.GetFullPath(path ?? IngestFile.DefaultName, workingDirectory);
        var texts = new ConfigurationTexts(ConfigurationText.Read(main, workingDirectory), [], path is not null);
        return texts with { Parts = ReadParts(texts.PartsDirectory, workingDirectory) };
    }

    /// <summary>Whether both have the same files with the same texts.</summary>
    public bool Equals(ConfigurationTexts? other) =>
        other is not null && Main == other.Main && IsNamed == other.IsNamed && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Main, Parts.Count);

    static ConfigurationText[] ReadParts(string directory, string workingDirectory)
    {
        try
        {
            if (!System.IO.Directory.Exists(directory)) return [];
            return [.. System.IO.Directory.EnumerateFiles(directory, "*.json")
                .Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)
                .Select(file => ConfigurationText.Read(file, workingDirectory))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [new ConfigurationText(directory, Path.GetRelativePath(workingDirectory, directory), null, failure.Message)];
        }
    }
}

/// <summary>One file of a configuration.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Name">Its name in messages, relative to the working directory.</param>
/// <param name="Text">Null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null when it can, or does not exist.</param>
sealed record ConfigurationText(string Path, string Name, string? Text, string? Problem)
{
    /// <summary>Whether there is no such file.</summary>
    public bool IsMissing => Text is null && Problem is null;

    /// <summary>Reads a file; a link is followed to where it leads at this moment.</summary>
    public static ConfigurationText Read(string path, string workingDirectory)
    {
        var name = System.IO.Path.GetRelativePath(workingDirectory, path);
        try
        {
            // A silo without the file asks about every second: no exception for that. -1 is a missing file; what cannot be
            // examined throws, unlike with File.Exists.
            if (new FileInfo(path).Attributes == (FileAttributes)(-1)) return new ConfigurationText(path, name, null, null);
            return new ConfigurationText(path, name, File.ReadAllText(path), null);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ConfigurationText(path, name, null, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new ConfigurationText(path, name, null, failure.Message);
        }
    }
}
