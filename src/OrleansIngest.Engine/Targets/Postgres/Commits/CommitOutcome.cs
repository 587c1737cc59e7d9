using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The lanes' answer for one batch.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Failure">The server's refusal, for <see cref="CommitKind.Refused"/>.</param>
/// <param name="Finished">The totals of its file if the commit has marked it <c>loaded</c>. Null otherwise, and if the answer to
/// the commit was lost.</param>
readonly record struct CommitOutcome(CommitKind Kind, Exception? Failure = null, FileTotals? Finished = null);

/// <summary>The outcomes of a batch.</summary>
enum CommitKind
{
    /// <summary>Its rows, rejects and ledger row are committed.</summary>
    Committed,

    /// <summary>The claim is no longer in force: another owner loads the file. Nothing was written.</summary>
    Fenced,

    /// <summary>The table was changed after the rows were encoded: they must be encoded again. Nothing was written.</summary>
    Stale,

    /// <summary>The server refuses the batch for a reason that is not the fault of a row (table
    /// dropped, no privilege to insert).</summary>
    Refused,
}
