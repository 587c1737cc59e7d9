namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The operators' orders for a pipeline.</summary>
/// <param name="Paused">Whether new files stay unclaimed.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="PausedReason">Why, in the operator's words.</param>
/// <param name="PausedAt">When it was paused.</param>
/// <param name="MaxInFlight">Files that may be loading at once; null: as many as the silos can take.</param>
/// <param name="Priority">The higher is served first.</param>
/// <param name="Coordinator">The node of its coordinator.</param>
/// <param name="CoordinatedAt">When that node last reported.</param>
public sealed record OperatorOrders(
    bool Paused, string? PausedBy, string? PausedReason, DateTimeOffset? PausedAt, int? MaxInFlight, int Priority,
    string? Coordinator, DateTimeOffset? CoordinatedAt);
