namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The state of a pipeline.</summary>
public record PipelineSummary
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The table it loads.</summary>
    public required string Table { get; init; }

    /// <summary>The directories it watches.</summary>
    public required IReadOnlyList<string> Watch { get; init; }

    /// <summary><c>running</c>, <c>idle</c>, <c>paused</c>, <c>stalled</c>, <c>waiting-for-database</c>,
    /// <c>no-coordinator</c>, or <c>load</c>: no silo runs it, but <c>ingest load --table</c> has loaded files into its
    /// table.</summary>
    public required string Status { get; init; }

    /// <summary>The reason, a sentence.</summary>
    public required string StatusReason { get; init; }

    /// <summary>Records committed per second, over the last 10 s.</summary>
    public required double InputRate { get; init; }

    /// <summary>Records per second of processing time, over the last 10 s: a value above <see cref="InputRate"/> means that there
    /// is spare capacity.</summary>
    public required double ProcessRate { get; init; }

    /// <summary>Bytes per second, over the last 10 s.</summary>
    public required double InputBytesRate { get; init; }

    /// <summary>Waiting files.</summary>
    public required Backlog Backlog { get; init; }

    /// <summary>Files being loaded.</summary>
    public required InFlight InFlight { get; init; }

    /// <summary>Seconds until the backlog is loaded at the current rate; null if nothing is being loaded.</summary>
    public required double? EtaSeconds { get; init; }

    /// <summary>From a file's last write until its rows are visible; files finished in the last 5 minutes.</summary>
    public required Latency LatencyMs { get; init; }

    /// <summary>Its rejects.</summary>
    public required RejectCounts Rejects { get; init; }

    /// <summary>Open items.</summary>
    public required Attention Attention { get; init; }

    /// <summary>Files by status.</summary>
    public required FileCounts Files { get; init; }

    /// <summary>Rows loaded since the ledger was created.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>When a file was last seen or finished.</summary>
    public required DateTimeOffset? LastFileAt { get; init; }

    /// <summary>The newest commit.</summary>
    public required LastBatch? LastBatch { get; init; }

    /// <summary>Whether a live silo runs it. Only a pipeline without one can be removed from the ledger.</summary>
    public bool IsCoordinated { get; init; }

    /// <summary>Since when it is paused; null while it is not.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>When the next files are due; null if none are expected.</summary>
    public DateTimeOffset? NextExpectedAt { get; init; }
}
