using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>A replay of open rejects, by keys or by filter.</summary>
/// <param name="Ids">1 to 100,000 keys; null for <paramref name="Filter"/>.</param>
/// <param name="Filter">Filter parameters of <c>/rejects</c>; <c>{}</c> for all; null for <paramref name="Ids"/>.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
/// <param name="Record">Replaces the record of the single reject in <paramref name="Ids"/>. The original record is kept. If the
/// table refuses it, nothing changes. Null for the records as they are.</param>
/// <param name="DryRun">Whether the replay is rolled back at its end; it then covers at most 500 rejects of each table.</param>
public sealed record RejectReplayRequest(
    IReadOnlyList<long>? Ids = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, string? Reason = null,
    string? Record = null, bool DryRun = false);
