using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The directories of one pipeline, the selection of its files, and when a file is complete.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Directories; relative ones are taken from the current directory. Parts may be
    /// patterns (<c>/data/*/in</c>). A directory that does not exist yet is reported as a problem, and searched for again at
    /// every listing. At least one.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    /// <summary>Whether directories below the roots are searched as well; symbolic links to directories
    /// never are. Default: false.</summary>
    public bool Recursive { get; init; }

    /// <summary>Patterns (see <see cref="FileNameFilter"/>) of which one must match. Default: <c>*</c>.</summary>
    public IReadOnlyList<string> Include { get; init; } = ["*"];

    /// <summary>Patterns of which none may match. Default: none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Patterns of names that are never data; matching directories are not searched. Default:
    /// <see cref="PipelineOptions.UnfinishedNames"/>.</summary>
    public IReadOnlyList<string> NeverData { get; init; } = PipelineOptions.UnfinishedNames;

    /// <summary>Whether upper and lower case differ in the three lists of patterns. Default: false, <c>*.csv</c> matches
    /// <c>ORDERS.CSV</c>.</summary>
    public bool MatchCase { get; init; }

    /// <summary>How long size and mtime must be stable before a file is ready. 0 is for producers that rename into place: ready
    /// at first sight. 0 to 1 day. Default: 500 ms.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>If set (<c>.done</c>), a file is ready only when a file with its name and this suffix exists. Such a sentinel is
    /// not data. Default: none.</summary>
    public string? SentinelSuffix { get; init; }

    /// <summary>How long an excluded file must exist before it is reported, so that temporary names which are about to be renamed
    /// are not reported. 0 to 1 day. Default: 5 s.</summary>
    public TimeSpan ExclusionDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the file system's change events shorten the wait for the next poll. Default: true.</summary>
    public bool UseHints { get; init; } = true;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names the property.</exception>
    public void Validate()
    {
        if (Roots is not { Count: > 0 } || Roots.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"{nameof(Roots)} needs at least one directory, none of them empty.");
        if (Roots.FirstOrDefault(root => root.Contains("**", StringComparison.Ordinal)) is { } deep)
            throw new ArgumentException(
                $"{nameof(Roots)}: \"{deep}\" contains **; set {nameof(Recursive)} to search below a directory.");
        if (Include is not { Count: > 0 })
            throw new ArgumentException($"{nameof(Include)} needs at least one pattern.");
        CheckPatterns(Include, nameof(Include));
        CheckPatterns(Exclude, nameof(Exclude));
        CheckPatterns(NeverData, nameof(NeverData));
        CheckSpan(SettleTime, nameof(SettleTime));
        CheckSpan(ExclusionDelay, nameof(ExclusionDelay));
        if (SentinelSuffix is not null && (SentinelSuffix.Length == 0 || SentinelSuffix.Contains('/', StringComparison.Ordinal)))
            throw new ArgumentException($"{nameof(SentinelSuffix)} must be the end of a name such as .done, without a slash.");
    }

    static void CheckPatterns(IReadOnlyList<string> patterns, string property)
    {
        foreach (var pattern in patterns)
        {
            try
            {
                _ = new Glob(pattern);
            }
            catch (ArgumentException problem)
            {
                throw new ArgumentException($"{property}: {problem.Message}", problem);
            }
        }
    }

    static void CheckSpan(TimeSpan value, string property)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromDays(1))
            throw new ArgumentException($"{property} is {value}; it must be between 0 and 1 day.");
    }
}
