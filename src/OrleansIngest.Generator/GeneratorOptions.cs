namespace OrleansIngest.Generator;

/// <summary>What to generate. The same options give byte-identical files on every machine: nothing depends on the
/// clock.</summary>
public sealed record GeneratorOptions
{
    /// <summary>The output directory; created if it does not exist. Required.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Number of files; 0 continues until cancelled. 0 to 10,000,000. Default: 20.</summary>
    public int Files { get; init; } = 20;

    /// <summary>Data records per file, corrupt ones included, the header not. 0 to 1,000,000,000. Default: 100.</summary>
    public long RowsPerFile { get; init; } = 100;

    /// <summary>Time from one file to the next; zero for no pause. Zero to 1 day. Default: 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The share of records that are corrupt, exact over all files; a tenth as many blank lines are added. 0 to 1.
    /// Default: 0.</summary>
    public double CorruptShare { get; init; }

    /// <summary>Seed of the random numbers; those of each file depend on it and on the file's number. Default: 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Event time of the first file's first event; time advances by about 250 ms per event, from file to file.
    /// Default: 2025-01-01T00:00:00Z.</summary>
    public DateTimeOffset Start { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Files are named <c>{prefix}-000001.csv</c> and so on. Default: events.</summary>
    public string Prefix { get; init; } = "events";

    /// <summary>Null writes each file under a hidden name and renames it into place. Otherwise half of each file appears under
    /// its final name, and the rest after this pause: a producer whose half-written files a reader must not load. Default:
    /// null.</summary>
    public TimeSpan? SlowWritePause { get; init; }

    /// <summary>Path of the manifest. Default: null, for <c>manifest.json</c> in the parent of
    /// <see cref="OutputDirectory"/>.</summary>
    public string? ManifestPath { get; init; }

    /// <summary>What to do about files with the same prefix. Default: Refuse.</summary>
    public ExistingFiles Existing { get; init; } = ExistingFiles.Refuse;

    /// <summary>The manifest's absolute path, given or default.</summary>
    public string FullManifestPath => Path.GetFullPath(
        ManifestPath ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(OutputDirectory).TrimEnd('/')) ?? "/",
            "manifest.json"));

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Validate()
    {
        Check(Files is >= 0 and <= 10_000_000, nameof(Files), "0 to 10,000,000");
        Check(RowsPerFile is >= 0 and <= 1_000_000_000, nameof(RowsPerFile), "0 to 1,000,000,000");
        Check(Interval >= TimeSpan.Zero && Interval <= TimeSpan.FromDays(1), nameof(Interval), "0 to 1 day");
        Check(CorruptShare is >= 0 and <= 1, nameof(CorruptShare), "0 to 1");
        Check(SlowWritePause is not { } pause || (pause >= TimeSpan.Zero && pause <= TimeSpan.FromDays(1)),
            nameof(SlowWritePause), "0 to 1 day");
        Check(Start.Year is >= 1 and <= 9000, nameof(Start), "before the year 9000");
        Check(
            Prefix.Length is > 0 and <= 100 && Prefix[0] is not ('.' or '_')
                && Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'),
            nameof(Prefix),
            "1 to 100 letters, digits, '-', '_' or '.', not beginning with '.' or '_', which mark files that are not data");
        Check(
            !Path.GetFileName(FullManifestPath).EndsWith(".csv", StringComparison.OrdinalIgnoreCase),
            nameof(ManifestPath),
            "a name that does not end in .csv, which would be loaded");
    }

    static void Check(bool holds, string name, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{name} must be {expected}");
    }
}
