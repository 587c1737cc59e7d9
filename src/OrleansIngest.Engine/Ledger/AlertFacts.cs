using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The facts about a pipeline that alert rules need, from the ledger.</summary>
public sealed record AlertFacts
{
    /// <summary>Its name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Its thresholds.</summary>
    public required AlertOptions Options { get; init; }

    /// <summary>Whether an operator paused it.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Files that are ready or being loaded.</summary>
    public long Open { get; init; }

    /// <summary>For how long the oldest of these has been in this state; null without any.</summary>
    public TimeSpan? OpenFor { get; init; }

    /// <summary>Time since the last commit; null if there was never one.</summary>
    public TimeSpan? SinceCommit { get; init; }

    /// <summary>Age of the oldest waiting file since its discovery; null without any.</summary>
    public TimeSpan? OldestFor { get; init; }

    /// <summary>Records committed within the window for rejects.</summary>
    public long Records { get; init; }

    /// <summary>How many of them are open rejects.</summary>
    public long Rejected { get; init; }

    /// <summary>Quarantined files, except those that a newer version has superseded.</summary>
    public long Quarantined { get; init; }

    /// <summary>The path of the last one of these; null without any.</summary>
    public string? NewestQuarantined { get; init; }

    /// <summary>Loaded files whose share of open rejects reaches <see cref="AlertOptions.RejectFilePercent"/>.</summary>
    public long RejectedFiles { get; init; }

    /// <summary>The one of these with the largest share; null without any.</summary>
    public RejectedFile? WorstFile { get; init; }

    /// <summary>Whether a file has arrived since the day began; null if not requested.</summary>
    public bool? CameToday { get; init; }

    /// <summary>Files whose disposal failed <see cref="DisposalLedger.AlertAfter"/> times in a row.</summary>
    public long FailingDisposals { get; init; }

    /// <summary>Why the last one of these failed; null without any.</summary>
    public string? DisposalError { get; init; }

    /// <summary>Decisions about fields and columns that are younger than <see cref="AlertOptions.Drift"/>.</summary>
    public long DriftDecisions { get; init; }

    /// <summary>The last one of these, human-readable; null without any.</summary>
    public string? NewestDrift { get; init; }

    /// <summary>Whether the expected number of files arrived; null if none are expected.</summary>
    public ExpectedFiles? Expected { get; init; }
}
