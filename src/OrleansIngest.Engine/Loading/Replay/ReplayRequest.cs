using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>A request to replay rejects.</summary>
/// <param name="Filter">The rejects; only open ones are replayed, whatever its status.</param>
/// <param name="Act">The operator and the reason, for the history.</param>
public sealed record ReplayRequest(RejectFilter Filter, OperatorAct Act)
{
    /// <summary>The edited text of the one reject that the filter names by its id. The original record stays in
    /// <c>raw_record</c>; if this text becomes a row, it is stored in <c>edited_record</c>; if it is refused, nothing changes.
    /// Null to replay the original records.</summary>
    public string? Record { get; init; }

    /// <summary>Whether the replay is done and then rolled back. At most 500 rejects of each table are tried.
    /// Default: false.</summary>
    public bool IsTrial { get; init; }
}

/// <summary>The result, or predicted result, of a replay.</summary>
/// <param name="Result">Counts.</param>
/// <param name="Refusals">The first refusals with their reasons; at most <see cref="MostRefusals"/>.</param>
public sealed record ReplayReport(RejectReplayResult Result, IReadOnlyList<RejectVerdict> Refusals)
{
    /// <summary>Maximum number of refusals that are reported separately.</summary>
    public const int MostRefusals = 20;
}
