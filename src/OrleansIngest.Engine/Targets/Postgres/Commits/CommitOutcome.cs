namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>How the lanes answered for one batch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Failure">The server's refusal, for <see cref="CommitKind.Refused"/>.</param>
readonly record struct CommitOutcome(CommitKind Kind, Exception? Failure = null);

/// <summary>What became of a batch.</summary>
enum CommitKind
{
    /// <summary>Its rows, rejects and ledger row are committed.</summary>
    Committed,

    /// <summary>The claim is no longer in force: another owner loads the file. Nothing was written.</summary>
    Fenced,

    /// <summary>The table was changed after the rows were encoded: they must be encoded anew. Nothing was written.</summary>
    Stale,

    /// <summary>The server refuses the batch for a reason that no single row is to blame for (table gone, no right to insert).</summary>
    Refused,
}
