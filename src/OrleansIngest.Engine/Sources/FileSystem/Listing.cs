using System.Collections.Frozen;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The differences between two consecutive listings. Lists are ordered by mtime, then natural
/// name.</summary>
public sealed record Listing
{
    /// <summary>Files not known before.</summary>
    public IReadOnlyList<SeenFile> New { get; init; } = [];

    /// <summary>Known files whose size or mtime has changed, in their current state.</summary>
    public IReadOnlyList<SeenFile> Changed { get; init; } = [];

    /// <summary>Known files of the same size and mtime whose inode or ctime has changed, in their current state.</summary>
    public IReadOnlyList<SeenFile> Suspects { get; init; } = [];

    /// <summary>Known files that are gone, in their last state. A file is not gone because its directory could not be
    /// read.</summary>
    public IReadOnlyList<SeenFile> Vanished { get; init; } = [];

    /// <summary>Sentinels that are new or changed.</summary>
    public IReadOnlyList<SeenFile> Sentinels { get; init; } = [];

    /// <summary>Sentinels that are gone.</summary>
    public IReadOnlyList<SeenFile> SentinelsGone { get; init; } = [];

    /// <summary>Excluded files that were not known before.</summary>
    public IReadOnlyList<ExcludedFile> Excluded { get; init; } = [];

    /// <summary>Excluded files that are gone, or are data now.</summary>
    public IReadOnlyList<SeenFile> NoLongerExcluded { get; init; } = [];

    /// <summary>All current problems, including persisting ones of earlier listings.</summary>
    public IReadOnlyList<DiscoveryProblem> Problems { get; init; } = [];

    /// <summary>Whether it is a full listing, not one of single files.</summary>
    public bool IsFull { get; init; } = true;

    /// <summary>Number of known files, without excluded ones.</summary>
    public int KnownFiles { get; init; }

    /// <summary>Its duration.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Devices (st_dev) whose mtimes may come from another machine's clock.</summary>
    internal IReadOnlySet<ulong> RemoteDevices { get; init; } = FrozenSet<ulong>.Empty;

    /// <summary>Known files that may exist, but could not be examined.</summary>
    internal IReadOnlySet<string> NotSeen { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The examined paths, if not all were.</summary>
    internal IReadOnlySet<string>? Only { get; init; }

    /// <summary>Whether this listing would have shown a change of the file.</summary>
    internal bool VouchesFor(string path) => !NotSeen.Contains(path) && (Only is null || Only.Contains(path));
}
