namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Nodes by state.</summary>
/// <param name="Alive">Working.</param>
/// <param name="Draining">Ending in good order.</param>
/// <param name="Dead">Declared dead in the last 24 hours.</param>
/// <param name="Silent">Without a heartbeat for more than 8 s, and not judged by a silo yet.</param>
public sealed record NodeCounts(long Alive, long Draining, long Dead, long Silent = 0);
