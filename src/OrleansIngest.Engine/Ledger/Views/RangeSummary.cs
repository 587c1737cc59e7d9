namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The totals of a time range.</summary>
public sealed record RangeSummary
{
    /// <summary>Start, at the beginning of the smallest sum that the ledger still has for it.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Files that were finished.</summary>
    public required long Files { get; init; }

    /// <summary>Rows in the tables.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>Rows in <c>corrupt_records</c>.</summary>
    public required long RowsRejected { get; init; }

    /// <summary>Bytes of the files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Batches committed.</summary>
    public required long Batches { get; init; }

    /// <summary>Length of the sums (10 s, a minute or an hour, by age) in which something was committed.</summary>
    public required long ActiveSeconds { get; init; }

    /// <summary>Rows loaded per second of the batches' own time: reading, waiting, COPY and COMMIT, added up over parallel
    /// batches. Null without batches.</summary>
    public required double? RowsPerSecond { get; init; }

    /// <summary>Median of the time from a file's last write until its rows are visible.</summary>
    public required double? LatencyP50Ms { get; init; }

    /// <summary>The 99th percentile of that time.</summary>
    public required double? LatencyP99Ms { get; init; }

    /// <summary>Mean time of reading and parsing a batch.</summary>
    public required double? ReadMs { get; init; }

    /// <summary>Mean time that a batch waited for a lane.</summary>
    public required double? WaitMs { get; init; }

    /// <summary>Mean time of COPY.</summary>
    public required double? CopyMs { get; init; }

    /// <summary>Mean time of COMMIT.</summary>
    public required double? CommitMs { get; init; }
}
