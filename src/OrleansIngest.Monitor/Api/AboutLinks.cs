namespace OrleansIngest.Monitor.Api;

/// <summary>Further addresses.</summary>
/// <param name="Cluster">Orleans' Dashboard; null without a silo.</param>
/// <param name="Openapi">The description of this interface.</param>
/// <param name="Metrics">Metrics for Prometheus.</param>
public sealed record AboutLinks(string? Cluster, string Openapi, string? Metrics);
