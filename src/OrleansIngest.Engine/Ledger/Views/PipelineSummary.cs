namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A pipeline at a glance.</summary>
public record PipelineSummary
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The table it loads.</summary>
    public required string Table { get; init; }

    /// <summary>The directories it watches.</summary>
    public required IReadOnlyList<string> Watch { get; init; }

    /// <summary><c>running</c>, <c>idle</c>, <c>paused</c>, <c>stalled</c>, <c>waiting-for-database</c> or
    /// <c>no-coordinator</c>.</summary>
    public required string Status { get; init; }

    /// <summary>A sentence that says why.</summary>
    public required string StatusReason { get; init; }

    /// <summary>Records that came in per second, over the last 10 s.</summary>
    public required double InputRate { get; init; }

    /// <summary>Records per second of the time that was spent on them, over the last 10 s: more than <see cref="InputRate"/>
    /// means that there is room.</summary>
    public required double ProcessRate { get; init; }

    /// <summary>Bytes per second, over the last 10 s.</summary>
    public required double InputBytesRate { get; init; }

    /// <summary>What waits.</summary>
    public required Backlog Backlog { get; init; }

    /// <summary>What is being loaded.</summary>
    public required InFlight InFlight { get; init; }

    /// <summary>Seconds until the backlog is gone at the present rate; null when nothing moves.</summary>
    public required double? EtaSeconds { get; init; }

    /// <summary>From a file's last write to its rows visible; files finished in the last 5 minutes.</summary>
    public required Latency LatencyMs { get; init; }

    /// <summary>What could not be loaded.</summary>
    public required RejectCounts Rejects { get; init; }

    /// <summary>What is open.</summary>
    public required Attention Attention { get; init; }

    /// <summary>Files by status.</summary>
    public required FileCounts Files { get; init; }

    /// <summary>Rows loaded, ever.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>When a file was last seen or finished.</summary>
    public required DateTimeOffset? LastFileAt { get; init; }

    /// <summary>The newest commit.</summary>
    public required LastBatch? LastBatch { get; init; }

    /// <summary>Since when it is paused; null while it is not.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>By when the next files must be there; null when none are expected.</summary>
    public DateTimeOffset? NextExpectedAt { get; init; }
}
