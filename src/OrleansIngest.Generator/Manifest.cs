using System.Text.Json;

namespace OrleansIngest.Generator;

/// <summary>The content of the generated files: the expected result of loading all of them.</summary>
public sealed record Manifest
{
    /// <summary>The current version of the format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format. Default: <see cref="CurrentVersion"/>.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Absolute path of the files' directory.</summary>
    public required string Directory { get; init; }

    /// <summary>Records of all files.</summary>
    public long Records => Files.Sum(file => file.Records);

    /// <summary>Rows that the table must gain.</summary>
    public long Good => Files.Sum(file => file.Good);

    /// <summary>Rows that <c>corrupt_records</c> must gain.</summary>
    public long Corrupt => Files.Sum(file => file.Corrupt);

    /// <summary>Blank lines of all files.</summary>
    public long BlankLines => Files.Sum(file => file.BlankLines);

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary><c>sum(user_id)</c> of all good rows.</summary>
    public long SumUserId => Files.Sum(file => file.SumUserId);

    /// <summary><c>sum(price)</c> of all good rows.</summary>
    public decimal SumPrice => Files.Sum(file => file.SumPrice);

    /// <summary>The files, in the order in which they were written.</summary>
    public required IReadOnlyList<GeneratedFile> Files { get; init; }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">It is not a manifest, or has another version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Manifest Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var manifest = JsonSerializer.Deserialize(stream, ManifestJson.Default.Manifest);
            return manifest is { Version: CurrentVersion }
                ? manifest
                : throw new InvalidDataException(
                    $"{path} is a manifest of version {manifest?.Version}; this program reads version {CurrentVersion}");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not a manifest: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the manifest; a reader sees the old one or the new one, never a part.</summary>
    public void Save(string path)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.tmp");
        using (var stream = File.Create(temporary))
            JsonSerializer.Serialize(stream, this, ManifestJson.Default.Manifest);
        File.Move(temporary, path, overwrite: true);
    }
}
