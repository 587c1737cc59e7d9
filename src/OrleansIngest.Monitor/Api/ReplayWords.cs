using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>Which rejects are to be replayed: some by their keys, or all that match. Only open ones are.</summary>
/// <param name="Ids">Keys, 1 to 100,000 of them; null: those of <paramref name="Filter"/>.</param>
/// <param name="Filter">In the names of the parameters of <c>/rejects</c>; <c>{}</c> for all. Null: those of <paramref name="Ids"/>.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
public sealed record ReplayWords(IReadOnlyList<long>? Ids = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, string? Reason = null);
