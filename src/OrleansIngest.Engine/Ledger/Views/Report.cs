namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The events of a time range.</summary>
public sealed record Report
{
    /// <summary>Start.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The pipeline; null for all.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The digest: one sentence.</summary>
    public required string Text { get; init; }

    /// <summary>Files that were finished.</summary>
    public required long Files { get; init; }

    /// <summary>Rows in the tables.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>Records that were rejected.</summary>
    public required long RowsRejected { get; init; }

    /// <summary>Bytes of the files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files with these rejects, as far as they are still in <c>corrupt_records</c>.</summary>
    public required long RejectFiles { get; init; }

    /// <summary>Files that were quarantined.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Those of them that are quarantined now: the others were retried, replayed or skipped.</summary>
    public required long StillQuarantined { get; init; }

    /// <summary>Alerts that fired.</summary>
    public required long Alerts { get; init; }

    /// <summary>Those of them that still fire.</summary>
    public required long Firing { get; init; }

    /// <summary>Alerts and pauses that overlap the range, and lost nodes, in order; at most
    /// <see cref="ReportViews.MostEvents"/>.</summary>
    public required IReadOnlyList<ReportEvent> Events { get; init; }
}

/// <summary>An event of a report.</summary>
/// <param name="Kind"><c>alert</c>, <c>pause</c> or <c>node</c> (lost).</param>
/// <param name="At">When it began.</param>
/// <param name="EndedAt">When it ended; null while it lasts, and for an instant.</param>
/// <param name="Pipeline">Its pipeline; null for none.</param>
/// <param name="Node">Its node; null for none.</param>
/// <param name="Who">Who paused the pipeline; null for none.</param>
/// <param name="Detail">Human-readable; null for nothing.</param>
public sealed record ReportEvent(
    string Kind, DateTimeOffset At, DateTimeOffset? EndedAt, string? Pipeline, string? Node, string? Who, string? Detail);
