using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>What a replay of rejects is to do.</summary>
/// <param name="Filter">Which rejects; only open ones are replayed, whatever its status says.</param>
/// <param name="Act">Who, and why, for the history.</param>
public sealed record ReplayRequest(RejectFilter Filter, OperatorAct Act)
{
    /// <summary>Read in the place of the one reject that the filter names by its key. The record as it was read stays in <c>raw_record</c>; when this
    /// text becomes a row, it is kept in <c>edited_record</c>, and when it is refused nothing changes. Null: the records themselves.</summary>
    public string? Record { get; init; }

    /// <summary>Whether everything is done up to the rows in the table, and then rolled back. At most 500 rejects of each table are tried.
    /// Default: false.</summary>
    public bool IsTrial { get; init; }
}

/// <summary>What a replay came to, or would come to.</summary>
/// <param name="Result">Counts.</param>
/// <param name="Refusals">Why those that were refused first were; at most <see cref="MostRefusals"/>.</param>
public sealed record ReplayReport(RejectReplayResult Result, IReadOnlyList<RejectVerdict> Refusals)
{
    /// <summary>Refusals that are reported one by one.</summary>
    public const int MostRefusals = 20;
}
