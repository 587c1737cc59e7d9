namespace OrleansIngest.Engine.Ledger;

/// <summary>What the ledger says of the newest version of a file.</summary>
public sealed record FileState
{
    /// <summary>The version's key.</summary>
    public required FileId FileId { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>As in <c>ingest.file.status</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why, for people; null when there is nothing to say.</summary>
    public required string? Reason { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Totals; 0 before the file is loaded.</summary>
    public required FileTotals Totals { get; init; }

    /// <summary>Whether the run that asked worked on it; false when it was loaded before.</summary>
    public bool WasHandled { get; init; }
}
