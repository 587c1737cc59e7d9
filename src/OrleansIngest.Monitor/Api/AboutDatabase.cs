namespace OrleansIngest.Monitor.Api;

/// <summary>The ledger's database.</summary>
/// <param name="Name">Its name; null for those who may not look.</param>
/// <param name="Host">Its server; null for those who may not look.</param>
/// <param name="State"><c>up</c> or <c>away</c>.</param>
/// <param name="ServerVersion">Of PostgreSQL; null when it is away.</param>
/// <param name="ConfiguredAs">What the configuration calls it, <c>main</c> for the main one; null for those who may not look.</param>
public sealed record AboutDatabase(string? Name, string? Host, string State, string? ServerVersion, string? ConfiguredAs);
