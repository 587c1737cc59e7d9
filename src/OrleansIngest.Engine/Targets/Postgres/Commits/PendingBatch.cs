using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Rows of a claimed file that are to be committed as a unit.</summary>
/// <param name="claim">The right to commit them.</param>
/// <param name="rows">Sealed; returned with the answer.</param>
/// <param name="input">The open file and its layout, for its rejects.</param>
/// <param name="lane">The lane of its file.</param>
sealed class PendingBatch(FileClaim claim, EncodedRows rows, RecordInput input, FileLane lane)
{
    readonly TaskCompletionSource<CommitOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FileClaim Claim => claim;

    public EncodedRows Rows => rows;

    public CopyPlan Plan => rows.Plan;

    /// <summary>The open file; closed by the loader after the answer.</summary>
    public RecordInput Input => input;

    /// <summary>The lane of its file.</summary>
    public FileLane Lane => lane;

    /// <summary>The node that must have the claim when this one commits; null for this one. Default: null.</summary>
    public NodeId? Owner { get; init; }

    /// <summary>Set if this batch is the whole file: the commit also marks the file <c>loaded</c>.</summary>
    public byte[]? WholeFileHash { get; set; }

    /// <summary>Set if this batch is the last of several: the commit also marks the file <c>loaded</c> if the others are
    /// committed.</summary>
    public FileEnd? FileEnd { get; set; }

    /// <summary>Whether its commit may finish the file.</summary>
    public bool Finishes => BatchRecord.MayFinish(WholeFileHash, FileEnd);

    /// <summary>For a tailed file, the hash of its bytes up to the end of this batch. Default: null.</summary>
    public byte[]? PrefixHash { get; set; }

    /// <summary>Whether the answer to an earlier COMMIT of it was lost.</summary>
    public bool CommitTried { get; set; }

    /// <summary>Timestamp (of the TimeProvider) at which it was handed to the lanes.</summary>
    public long EnqueuedAt { get; set; }

    /// <summary>The lanes' answer.</summary>
    public Task<CommitOutcome> Completion => _completion.Task;

    /// <summary>Sets the answer. The memory is returned at once, not when the loader reads the answer, because the loader may be
    /// waiting for this memory.</summary>
    public void Answer(CommitOutcome outcome)
    {
        rows.Dispose();
        _completion.TrySetResult(outcome);
    }

    /// <summary>Completes without an answer.</summary>
    public void Abandon(Exception failure)
    {
        rows.Dispose();
        _completion.TrySetException(failure);
    }
}
