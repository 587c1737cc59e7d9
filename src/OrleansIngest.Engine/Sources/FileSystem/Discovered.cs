namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The result of one look of <see cref="FileDiscovery"/>. Each change is reported once; a caller that cannot store
/// it (the ledger is unavailable) returns it with <see cref="FileDiscovery.Requeue"/>. Lists of files are ordered by mtime,
/// then natural name.</summary>
public sealed record Discovered
{
    /// <summary>Files seen for the first time, whether ready or not.</summary>
    public IReadOnlyList<SeenFile> New { get; init; } = [];

    /// <summary>Files whose size or mtime is another than when they were last seen or remembered, and files that waited and whose inode or ctime is. They
    /// settle anew: until they are in <see cref="Ready"/> again, what was ready before is out of date.</summary>
    public IReadOnlyList<SeenFile> Changed { get; init; } = [];

    /// <summary>Files that were ready before, have the size and mtime that they had then, and another inode or ctime: their content may be another, or
    /// its permissions were changed. Reported once each.</summary>
    public IReadOnlyList<SeenFile> Suspects { get; init; } = [];

    /// <summary>Files that became complete with this look, each state of a file once.</summary>
    public IReadOnlyList<SeenFile> Ready { get; init; } = [];

    /// <summary>Files that are gone, and files excluded that had been reported and are gone. What is data now and was excluded
    /// before, or the other way round, is in <see cref="New"/> or in <see cref="Excluded"/> only.</summary>
    public IReadOnlyList<SeenFile> Vanished { get; init; } = [];

    /// <summary>Files that are not loaded, and why. Told once each, after <see cref="DiscoveryOptions.ExclusionDelay"/>.</summary>
    public IReadOnlyList<ExcludedFile> Excluded { get; init; } = [];

    /// <summary>All files that wait at the moment, and for what.</summary>
    public IReadOnlyList<WaitingFile> Waiting { get; init; } = [];

    /// <summary>All problems that stand at the moment.</summary>
    public IReadOnlyList<DiscoveryProblem> Problems { get; init; } = [];

    /// <summary>Those of <see cref="Problems"/> that did not stand at the look before: what to log.</summary>
    public IReadOnlyList<DiscoveryProblem> NewProblems { get; init; } = [];

    /// <summary>How long after this look the next waiting file can become ready; null when none can by waiting.</summary>
    public TimeSpan? NextCheck { get; init; }

    /// <summary>Whether it was a full listing.</summary>
    public bool IsFull { get; init; }

    /// <summary>How many files are known, those excluded not counted.</summary>
    public int KnownFiles { get; init; }

    /// <summary>How long the look took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether the look brought nothing to write down.</summary>
    public bool IsQuiet =>
        New.Count + Changed.Count + Suspects.Count + Ready.Count + Vanished.Count + Excluded.Count + NewProblems.Count == 0;
}
