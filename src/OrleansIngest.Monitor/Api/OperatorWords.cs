namespace OrleansIngest.Monitor.Api;

/// <summary>What an operator says with an act.</summary>
/// <param name="Reason">Why, for the history; at most 1000 characters. Default: null.</param>
public sealed record OperatorWords(string? Reason = null);
