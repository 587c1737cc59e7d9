namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The result of one scan or poll of <see cref="FileDiscovery"/>. Each change is reported once; a caller that cannot
/// store it (the ledger is unavailable) returns it with <see cref="FileDiscovery.Requeue"/>. Lists of files are ordered by mtime,
/// then natural name.</summary>
public sealed record Discovered
{
    /// <summary>Files seen for the first time, whether ready or not.</summary>
    public IReadOnlyList<SeenFile> New { get; init; } = [];

    /// <summary>Files whose size or mtime differs from when they were last seen or remembered, and waiting files whose inode or
    /// ctime does. They settle again: until they are in <see cref="Ready"/> again, their earlier state is out of date.</summary>
    public IReadOnlyList<SeenFile> Changed { get; init; } = [];

    /// <summary>Files that were ready before, with unchanged size and mtime, but another inode or ctime: their content may have
    /// been replaced, or its permissions were changed. Reported once each.</summary>
    public IReadOnlyList<SeenFile> Suspects { get; init; } = [];

    /// <summary>Files that became complete, each state of a file once.</summary>
    public IReadOnlyList<SeenFile> Ready { get; init; } = [];

    /// <summary>Files that are gone, including excluded files that had been reported. A file that is data now and was excluded
    /// before, or vice versa, is only in <see cref="New"/> or <see cref="Excluded"/>.</summary>
    public IReadOnlyList<SeenFile> Vanished { get; init; } = [];

    /// <summary>Excluded files, with the reason. Reported once each, after
    /// <see cref="DiscoveryOptions.ExclusionDelay"/>.</summary>
    public IReadOnlyList<ExcludedFile> Excluded { get; init; } = [];

    /// <summary>All waiting files, with the reason.</summary>
    public IReadOnlyList<WaitingFile> Waiting { get; init; } = [];

    /// <summary>All current problems.</summary>
    public IReadOnlyList<DiscoveryProblem> Problems { get; init; } = [];

    /// <summary>Those of <see cref="Problems"/> that are new since the previous call, for the log.</summary>
    public IReadOnlyList<DiscoveryProblem> NewProblems { get; init; } = [];

    /// <summary>Time until the next waiting file can become ready; null if none can without a change.</summary>
    public TimeSpan? NextCheck { get; init; }

    /// <summary>Whether it was a full listing.</summary>
    public bool IsFull { get; init; }

    /// <summary>Number of known files, without excluded ones.</summary>
    public int KnownFiles { get; init; }

    /// <summary>Its duration.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether there is nothing to record.</summary>
    public bool IsQuiet =>
        New.Count + Changed.Count + Suspects.Count + Ready.Count + Vanished.Count + Excluded.Count + NewProblems.Count == 0;
}
