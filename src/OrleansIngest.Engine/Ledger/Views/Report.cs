namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>What happened in a range of time.</summary>
public sealed record Report
{
    /// <summary>Start.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The pipeline that it is about; null for all.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The digest: one sentence.</summary>
    public required string Text { get; init; }

    /// <summary>Files that were loaded in full.</summary>
    public required long Files { get; init; }

    /// <summary>Rows in the tables.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>Records that were rejected.</summary>
    public required long RowsRejected { get; init; }

    /// <summary>Bytes of the files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files with these rejects, as far as <c>corrupt_records</c> still has them.</summary>
    public required long RejectFiles { get; init; }

    /// <summary>Files that were quarantined.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Alerts that began to fire.</summary>
    public required long Alerts { get; init; }

    /// <summary>Of these, those that still fire.</summary>
    public required long Firing { get; init; }

    /// <summary>Alerts and pauses that lasted for some of the time, and nodes that were lost, in their order; at most <see
    /// cref="ReportViews.MostEvents"/>.</summary>
    public required IReadOnlyList<ReportEvent> Events { get; init; }
}

/// <summary>Something that marks a time.</summary>
/// <param name="Kind"><c>alert</c>, <c>pause</c> or <c>node</c> (that was lost).</param>
/// <param name="At">When it began.</param>
/// <param name="EndedAt">When it ended; null when it lasts, and for a moment.</param>
/// <param name="Pipeline">Whose; null for none.</param>
/// <param name="Node">Which node; null for none.</param>
/// <param name="Who">Who paused; null for none.</param>
/// <param name="Detail">Human-readable; null for nothing.</param>
public sealed record ReportEvent(
    string Kind, DateTimeOffset At, DateTimeOffset? EndedAt, string? Pipeline, string? Node, string? Who, string? Detail);
