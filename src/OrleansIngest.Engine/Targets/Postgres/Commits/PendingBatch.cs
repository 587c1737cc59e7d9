using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Rows of a claimed file on their way to the database: what commits, or does not, as one.</summary>
/// <param name="claim">The right to commit them.</param>
/// <param name="rows">Sealed; given back with the answer.</param>
/// <param name="input">The open file and how it is read, for its rejects.</param>
/// <param name="lane">Which lane has its file.</param>
sealed class PendingBatch(FileClaim claim, EncodedRows rows, RecordInput input, FileLane lane)
{
    readonly TaskCompletionSource<CommitOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FileClaim Claim => claim;

    public EncodedRows Rows => rows;

    public CopyPlan Plan => rows.Plan;

    /// <summary>The open file; closed by the loader after the answer.</summary>
    public RecordInput Input => input;

    /// <summary>Which lane has its file.</summary>
    public FileLane Lane => lane;

    /// <summary>Set when this batch is the whole file: the commit makes the file <c>loaded</c> as well.</summary>
    public byte[]? WholeFileHash { get; set; }

    /// <summary>Of a tailed file: the hash of its bytes up to the end of this batch. Default: null.</summary>
    public byte[]? PrefixHash { get; set; }

    /// <summary>Whether a COMMIT was sent for it whose answer did not come.</summary>
    public bool CommitTried { get; set; }

    /// <summary>Timestamp (of the TimeProvider) at which it was handed to the lanes.</summary>
    public long EnqueuedAt { get; set; }

    /// <summary>The lanes' answer.</summary>
    public Task<CommitOutcome> Completion => _completion.Task;

    /// <summary>Answers. The memory goes back at once, not when the loader gets round to hearing the answer: it may be waiting for this very memory.</summary>
    public void Answer(CommitOutcome outcome)
    {
        rows.Dispose();
        _completion.TrySetResult(outcome);
    }

    /// <summary>Answers that there is no answer.</summary>
    public void Abandon(Exception failure)
    {
        rows.Dispose();
        _completion.TrySetException(failure);
    }
}
