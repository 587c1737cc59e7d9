using System.Collections.Frozen;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The differences between two consecutive looks at the directories. Lists are ordered by mtime, then natural
/// name.</summary>
public sealed record Listing
{
    /// <summary>Files not known before.</summary>
    public IReadOnlyList<SeenFile> New { get; init; } = [];

    /// <summary>Known files of another size or mtime than before, as they are now.</summary>
    public IReadOnlyList<SeenFile> Changed { get; init; } = [];

    /// <summary>Known files of the same size and mtime with another inode or ctime than before, as they are now.</summary>
    public IReadOnlyList<SeenFile> Suspects { get; init; } = [];

    /// <summary>Known files that are gone, as they were last. Nothing is gone because its directory could not be read.</summary>
    public IReadOnlyList<SeenFile> Vanished { get; init; } = [];

    /// <summary>Sentinels that are new or changed.</summary>
    public IReadOnlyList<SeenFile> Sentinels { get; init; } = [];

    /// <summary>Sentinels that are gone.</summary>
    public IReadOnlyList<SeenFile> SentinelsGone { get; init; } = [];

    /// <summary>Files excluded that were not known before.</summary>
    public IReadOnlyList<ExcludedFile> Excluded { get; init; } = [];

    /// <summary>Files excluded that are gone, or are data now.</summary>
    public IReadOnlyList<SeenFile> NoLongerExcluded { get; init; } = [];

    /// <summary>All that stands in the way now, the problems of earlier looks included when they still do.</summary>
    public IReadOnlyList<DiscoveryProblem> Problems { get; init; } = [];

    /// <summary>Whether every directory was looked at, and not single files only.</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>How many files are known, those excluded not counted.</summary>
    public int KnownFiles { get; init; }

    /// <summary>How long the look took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Devices (st_dev) whose mtimes may come from another machine's clock.</summary>
    internal IReadOnlySet<ulong> RemoteDevices { get; init; } = FrozenSet<ulong>.Empty;

    /// <summary>Known files that may be there, but could not be looked at.</summary>
    internal IReadOnlySet<string> NotSeen { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The paths that were looked at, when not all were.</summary>
    internal IReadOnlySet<string>? Only { get; init; }

    /// <summary>Whether this look would have shown it if the file had changed.</summary>
    internal bool VouchesFor(string path) => !NotSeen.Contains(path) && (Only is null || Only.Contains(path));
}
