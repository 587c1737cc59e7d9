namespace OrleansIngest.Monitor.Api;

/// <summary>The ledger's database.</summary>
/// <param name="Host">Its server.</param>
/// <param name="Port">Of the server.</param>
/// <param name="Name">Its name.</param>
/// <param name="User">The role.</param>
public sealed record ConfigurationDatabase(string Host, int Port, string Name, string User);
