namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Nodes by state.</summary>
/// <param name="Alive">Working.</param>
/// <param name="Draining">Shutting down.</param>
/// <param name="Dead">Declared dead in the last 24 hours.</param>
/// <param name="Silent">Without a heartbeat for more than 8 s, and not yet declared dead.</param>
public sealed record NodeCounts(long Alive, long Draining, long Dead, long Silent = 0);
