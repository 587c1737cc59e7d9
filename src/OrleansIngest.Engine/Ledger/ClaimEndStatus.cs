namespace OrleansIngest.Engine.Ledger;

/// <summary>The state of a file after its claim has ended.</summary>
static class ClaimEndStatus
{
    /// <summary>One of the states of <see cref="FileTransitions.End"/>.</summary>
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
