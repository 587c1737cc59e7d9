namespace OrleansIngest.Engine.Ledger;

/// <summary>One row of <c>ingest.batch</c>: a committed byte range with its counts and where the time went.</summary>
sealed record BatchRecord
{
    public required FileId FileId { get; init; }

    public required string Pipeline { get; init; }

    public required long StartOffset { get; init; }

    public required long EndOffset { get; init; }

    public required long FirstRecord { get; init; }

    public required long FirstLine { get; init; }

    public required long Records { get; init; }

    public required long Lines { get; init; }

    public required long RowsLoaded { get; init; }

    public required long RowsRejected { get; init; }

    /// <summary>Of <see cref="RowsSkipped"/>, those that the table's triggers discarded.</summary>
    public required long RowsSuppressed { get; init; }

    public required long RowsSkipped { get; init; }

    public required int Epoch { get; init; }

    public required long ReadMicroseconds { get; init; }

    public required long WaitMicroseconds { get; init; }

    public required long CopyMicroseconds { get; init; }

    /// <summary>Of the lane's commit before this one.</summary>
    public required long CommitMicroseconds { get; init; }

    /// <summary>The file's SHA-256 when this batch is the whole file and finishes it; else null.</summary>
    public byte[]? WholeFileHash { get; init; }
}
