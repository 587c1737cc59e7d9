using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Loading;

/// <summary>How far a claimed file is read and committed.</summary>
sealed class FileProgress
{
    /// <summary>The spans left to read, in order.</summary>
    public Queue<PositionSpan> Open { get; } = new();

    /// <summary>Batches that the lanes have not answered.</summary>
    public List<PendingBatch> InFlight { get; } = [];

    /// <summary>Number of committed positions, including those of earlier claims.</summary>
    public long Committed { get; set; }

    /// <summary>Where the input ends, in its unit; null until it is known.</summary>
    public long? End { get; set; }

    /// <summary>Bytes of the file that were committed under this claim.</summary>
    public long CommittedBytes { get; set; }

    /// <summary>Rows and rejects committed under this claim.</summary>
    public long CommittedRecords { get; set; }

    /// <summary>Whether the table has changed since the plan was made.</summary>
    public bool IsStale { get; set; }

    /// <summary>Consecutive plans without a commit in between.</summary>
    public int Replans { get; set; }

    /// <summary>Finds the spans left to read.</summary>
    /// <param name="committed">The committed spans; in order, not overlapping.</param>
    public void FindOpen(IReadOnlyList<PositionSpan> committed)
    {
        Open.Clear();
        Committed = 0;
        foreach (var span in committed) Committed += span.Length;
        foreach (var span in OpenRanges.Of(End ?? PositionSpan.Open, committed)) Open.Enqueue(span);
    }

    /// <summary>Adds a committed batch.</summary>
    public void Take(PendingBatch batch)
    {
        var length = batch.Rows.EndOffset - batch.Rows.StartOffset;
        Replans = 0;
        if (batch.Input.Unit == PositionUnit.Byte) CommittedBytes += length;
        CommittedRecords += batch.Rows.Records;
        Committed += length;
    }

    /// <summary>Adds a split that another node has loaded or returned.</summary>
    /// <param name="length">Its stored bytes.</param>
    /// <param name="result">The result of the split.</param>
    public void TakeSplit(long length, SplitResult result)
    {
        CommittedRecords += result.Records;
        if (result.Problem is not null) return; // counted when the rest is read
        Replans = 0;
        CommittedBytes += length;
        Committed += length;
    }
}
