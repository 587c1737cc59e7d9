namespace OrleansIngest.Monitor.Api;

/// <summary>The ledger's database.</summary>
/// <param name="Name">Its name; null for callers without the right to view.</param>
/// <param name="Host">Its server; null for callers without the right to view.</param>
/// <param name="State"><c>up</c> or <c>away</c>.</param>
/// <param name="ServerVersion">The version of PostgreSQL; null while it is unavailable.</param>
/// <param name="ConfiguredAs">Its name in the configuration, <c>main</c> for the main one; null for
/// callers without the right to view.</param>
public sealed record AboutDatabase(string? Name, string? Host, string State, string? ServerVersion, string? ConfiguredAs);
