using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>Which rejects are to be replayed: some by their keys, or all that match. Only open ones are.</summary>
/// <param name="Ids">Keys, 1 to 100,000 of them; null: those of <paramref name="Filter"/>.</param>
/// <param name="Filter">In the names of the parameters of <c>/rejects</c>; <c>{}</c> for all. Null: those of <paramref name="Ids"/>.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
/// <param name="Record">Read in the place of the one reject that <paramref name="Ids"/> names. When it becomes a row, it is kept beside the record as
/// it was read; when it is refused, nothing changes. Null: the records themselves.</param>
/// <param name="DryRun">Whether everything is done up to the rows in the table, and then rolled back; at most 500 rejects of each table are tried.</param>
public sealed record RejectReplayRequest(
    IReadOnlyList<long>? Ids = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, string? Reason = null, string? Record = null, bool DryRun = false);
