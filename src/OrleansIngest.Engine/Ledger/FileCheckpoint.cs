using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The progress of a file, from the ledger. Only read here; the commits write it, in the transaction of the
/// rows.</summary>
public sealed record FileCheckpoint
{
    /// <summary>The epoch of the newest claim; 0 before the first.</summary>
    public int Epoch { get; init; }

    /// <summary>As in <c>ingest.file.status</c>; null for a file that is not in the ledger.</summary>
    public string? Status { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; init; }

    /// <summary>The unit of positions. Default: stored bytes.</summary>
    public PositionUnit Unit { get; init; }

    /// <summary>Where the input ends, in <see cref="Unit"/>; null while unknown.</summary>
    public long? EndPosition { get; init; }

    /// <summary>The committed ranges, merged and in order.</summary>
    public IReadOnlyList<PositionSpan> Committed { get; init; } = [];
}
