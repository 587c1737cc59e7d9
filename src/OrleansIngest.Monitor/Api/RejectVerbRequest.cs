using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>A decision about rejects, by keys or by filter.</summary>
/// <param name="Ids">1 to 100,000 keys; null for <paramref name="Filter"/>.</param>
/// <param name="Filter">Filter parameters of <c>/rejects</c>, of which <c>status</c> is not used; <c>{}</c> for all; null for
/// <paramref name="Ids"/>.</param>
/// <param name="UpTo">Only keys up to this one, from a dry run: it excludes rejects that were added later. Null: any.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
/// <param name="DryRun">Whether to count the rejects and change nothing. Default: false.</param>
public sealed record RejectVerbRequest(
    IReadOnlyList<long>? Ids = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, long? UpTo = null,
    string? Reason = null, bool DryRun = false);
