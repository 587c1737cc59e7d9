namespace OrleansIngest.Monitor.Api;

/// <summary>Where else to look.</summary>
/// <param name="Cluster">Orleans' Dashboard; null without a silo.</param>
/// <param name="Openapi">The description of this interface.</param>
/// <param name="Metrics">Prometheus' text.</param>
public sealed record AboutLinks(string? Cluster, string Openapi, string? Metrics);
