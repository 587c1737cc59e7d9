namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Whether the database answers.</summary>
/// <param name="State"><c>up</c> or <c>away</c>.</param>
/// <param name="Since">When it became unavailable, by the monitor's clock; null while it is up.</param>
public sealed record DatabaseState(string State, DateTimeOffset? Since);
