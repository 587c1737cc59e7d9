using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>A file whose rows are all in its stage, ready to be made visible.</summary>
sealed record Publication
{
    /// <summary>The claim.</summary>
    public required FileClaim Claim { get; init; }

    /// <summary>The plan for the target.</summary>
    public required CopyPlan Plan { get; init; }

    /// <summary>Quoted, qualified name of the stage.</summary>
    public required string Stage { get; init; }

    /// <summary>The open file, for the records of refused rows.</summary>
    public required RecordInput Input { get; init; }

    /// <summary>Whether its records can be read again; false for a pipe.</summary>
    public required bool CanReadAgain { get; init; }

    /// <summary>Whether its rows replace the table's rows.</summary>
    public required bool ReplacesTable { get; init; }

    /// <summary>How to find the rows of older versions of the path, which its rows replace; null if they stay.</summary>
    public required RowProvenance? Older { get; init; }

    /// <summary>Limits on rejected records.</summary>
    public required RejectLimits Limits { get; init; }

    /// <summary>Where the input ends.</summary>
    public required long End { get; init; }

    /// <summary>The unit of its positions.</summary>
    public required PositionUnit Unit { get; init; }

    /// <summary>SHA-256 of the stored bytes; null if unknown.</summary>
    public required byte[]? Sha256 { get; init; }
}

/// <summary>The result of a publication.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Totals">For <see cref="PublicationKind.Published"/>.</param>
/// <param name="Reason">Why it was not published, human-readable.</param>
/// <param name="Rejects">For a file that is abandoned because of its rejects, the first records that the server would have
/// refused.</param>
sealed record PublicationResult(
    PublicationKind Kind, FileTotals Totals = default, string? Reason = null, IReadOnlyList<RejectedRow>? Rejects = null);

/// <summary>The outcomes of a publication. Except for the first, nothing is visible.</summary>
enum PublicationKind
{
    /// <summary>The file is loaded.</summary>
    Published,

    /// <summary>The claim is not in force.</summary>
    Fenced,

    /// <summary>The table was changed after the rows were encoded.</summary>
    Stale,

    /// <summary>The file is abandoned: it exceeds a limit, or would empty the table.</summary>
    Abandoned,

    /// <summary>It failed and may be retried.</summary>
    Failed,
}
