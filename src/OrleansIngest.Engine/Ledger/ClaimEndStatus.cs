namespace OrleansIngest.Engine.Ledger;

/// <summary>The state that a claim's end brings its file to.</summary>
static class ClaimEndStatus
{
    /// <summary>One of those of <see cref="FileTransitions.End"/>.</summary>
    public static FileStatus ToStatus(this ClaimEnd end) => end switch
    {
        ClaimEnd.Released => FileStatus.Ready,
        ClaimEnd.Changed => FileStatus.Discovered,
        ClaimEnd.Failed => FileStatus.Failed,
        ClaimEnd.Quarantined => FileStatus.Quarantined,
        ClaimEnd.Vanished => FileStatus.Vanished,
        ClaimEnd.Ignored => FileStatus.Ignored,
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, null),
    };
}
