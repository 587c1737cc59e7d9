namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Measurements of one pipeline.</summary>
public sealed record PipelineSeries
{
    /// <summary>Arrays of this length; counts and the input rate are initially 0, unknown values null.</summary>
    public PipelineSeries(int length)
    {
        (InputRows, Rejected, Bytes, FilesFinished, Batches) = (new long[length], new long[length], new long[length],
            new long[length], new long[length]);
        InputRate = new double[length];
        (ProcessRate, BatchMs, ReadMs, WaitMs, CopyMs, CommitMs) =
            (new double?[length], new double?[length], new double?[length], new double?[length], new double?[length],
                new double?[length]);
        (LatencyP50Ms, LatencyP99Ms, BacklogFiles, BacklogBytes) = (new double?[length], new double?[length], new long?[length],
            new long?[length]);
    }

    /// <summary>Records.</summary>
    public long[] InputRows { get; }

    /// <summary>Records per second.</summary>
    public double[] InputRate { get; }

    /// <summary>Records per second of processing time; null without any batch.</summary>
    public double?[] ProcessRate { get; }

    /// <summary>Rows rejected.</summary>
    public long[] Rejected { get; }

    /// <summary>Mean time of a batch; null without any batch.</summary>
    public double?[] BatchMs { get; }

    /// <summary>Mean time of reading and parsing a batch; null without any batch.</summary>
    public double?[] ReadMs { get; }

    /// <summary>Mean time that a batch waited for a lane; null without any batch.</summary>
    public double?[] WaitMs { get; }

    /// <summary>Mean time of COPY; null without any batch.</summary>
    public double?[] CopyMs { get; }

    /// <summary>Mean time of COMMIT; null without any batch.</summary>
    public double?[] CommitMs { get; }

    /// <summary>Bytes read.</summary>
    public long[] Bytes { get; }

    /// <summary>Batches committed.</summary>
    public long[] Batches { get; }

    /// <summary>Files finished.</summary>
    public long[] FilesFinished { get; }

    /// <summary>Median of the time from a file's last write until its rows are visible.</summary>
    public double?[] LatencyP50Ms { get; }

    /// <summary>The 99th percentile of that time.</summary>
    public double?[] LatencyP99Ms { get; }

    /// <summary>Files that waited at the end of the step, or wait now; null where that is unknown.</summary>
    public long?[] BacklogFiles { get; }

    /// <summary>Bytes of these files.</summary>
    public long?[] BacklogBytes { get; }
}
