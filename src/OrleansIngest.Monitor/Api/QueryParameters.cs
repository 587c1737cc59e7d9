namespace OrleansIngest.Monitor.Api;

/// <summary>The query of a route.</summary>
sealed record QueryParameters(IReadOnlyList<QueryParameter> All);
