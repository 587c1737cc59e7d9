using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>One row of <c>ingest.batch</c>: a committed span with its counts and times.</summary>
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

    /// <summary>Of <see cref="RowsLoaded"/>, those that are new in the table; null if all are. Default: null.</summary>
    public long? RowsInserted { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that changed a row of the table; null if rows are only appended. Default:
    /// null.</summary>
    public long? RowsUpdated { get; init; }

    public required int Epoch { get; init; }

    /// <summary>The node that has the claim; another one may commit the batch for it.</summary>
    public required NodeId Owner { get; init; }

    public required long ReadMicroseconds { get; init; }

    public required long WaitMicroseconds { get; init; }

    public required long CopyMicroseconds { get; init; }

    /// <summary>Duration of the lane's previous commit.</summary>
    public required long CommitMicroseconds { get; init; }

    /// <summary>The unit of <see cref="StartOffset"/> and <see cref="EndOffset"/>. Default: stored bytes.</summary>
    public PositionUnit Unit { get; init; }

    /// <summary>A point where decoding of the following batches may start, not after <see cref="EndOffset"/>; null if this batch
    /// adds none. Default: null.</summary>
    public RestartPoint? RestartPoint { get; init; }

    /// <summary>The detected format and dialect of the input, as <see cref="InputNote.Layout"/>, when this batch is the whole
    /// file. Default: null.</summary>
    public string? Layout { get; init; }

    /// <summary>The SHA-256 of a tailed file up to <see cref="EndOffset"/>: the next owner uses it to verify that the file is the
    /// same. Default: null.</summary>
    public byte[]? PrefixHash { get; init; }

    /// <summary>Bytes of the file as stored.</summary>
    public required long FileSize { get; init; }

    /// <summary>Stored bytes of its file that this batch covers. If positions have another unit, all bytes are counted by the
    /// commit that finishes the file, because sums of bytes always refer to stored bytes.</summary>
    public long StoredBytes => Unit == PositionUnit.Byte ? EndOffset - StartOffset : WholeFileHash is null ? 0 : FileSize;

    /// <summary>The file's SHA-256 when this batch is the whole file and finishes it: the input ends at <see cref="EndOffset"/>.
    /// Otherwise null.</summary>
    public byte[]? WholeFileHash { get; init; }

    /// <summary>Set if this batch is the last of several that cover the file: it finishes the file if the others are committed.
    /// Default: null.</summary>
    public FileEnd? FileEnd { get; init; }

    /// <summary>Whether its commit may finish the file.</summary>
    public bool Finishes => MayFinish(WholeFileHash, FileEnd);

    /// <summary>Whether the commit of a batch with these may finish the file.</summary>
    public static bool MayFinish(byte[]? wholeFileHash, FileEnd? fileEnd) => wholeFileHash is not null || fileEnd is not null;
}
