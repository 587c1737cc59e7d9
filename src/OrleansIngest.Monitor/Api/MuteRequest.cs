namespace OrleansIngest.Monitor.Api;

/// <summary>A mute of alerts.</summary>
/// <param name="For">A duration such as <c>30m</c>, <c>8h</c> or <c>7d</c>, at most 365 days.</param>
/// <param name="Rule">Only alerts of this rule; null for every rule.</param>
/// <param name="Pipeline">Only alerts of this pipeline; null for all alerts.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters. Default: null.</param>
public sealed record MuteRequest(string? For = null, string? Rule = null, string? Pipeline = null, string? Reason = null);
