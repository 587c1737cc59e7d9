namespace OrleansIngest.Engine.Ledger;

/// <summary>The state that a claim's end brings its file to.</summary>
static class ClaimEndStatus
{
    /// <summary>As in <c>ingest.file.status</c>.</summary>
    public static string ToStatus(this ClaimEnd end) => end switch
    {
        ClaimEnd.Released => "ready",
        ClaimEnd.Changed => "discovered",
        ClaimEnd.Failed => "failed",
        ClaimEnd.Quarantined => "quarantined",
        ClaimEnd.Vanished => "vanished",
        ClaimEnd.Ignored => "ignored",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, null),
    };
}
