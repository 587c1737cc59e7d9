namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Nodes by state.</summary>
/// <param name="Alive">Working.</param>
/// <param name="Draining">Ending in good order.</param>
/// <param name="Dead">Declared dead in the last 24 hours.</param>
public sealed record NodeCounts(long Alive, long Draining, long Dead);
