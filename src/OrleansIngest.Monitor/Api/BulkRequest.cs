using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>A verb for many files.</summary>
/// <param name="Verb"><c>retry</c>, <c>skip</c>, <c>quarantine</c>, <c>replay</c>, <c>replace</c> or <c>undo</c>.</param>
/// <param name="Filter">In the names of the parameters of <c>/files</c> that choose; <c>{}</c> for all. A file that does not
/// match at the moment of the act
/// is left as it is. Null: any file of <paramref name="Ids"/>.</param>
/// <param name="Ids">Keys, 1 to 100,000 of them: those that a dry run answered. Null: all files of <paramref name="Filter"/>, for
/// which
/// <paramref name="UpTo"/> is needed unless it is a dry run.</param>
/// <param name="UpTo">Only keys up to this one, as a dry run answered it: files that were discovered later are not met. Null:
/// any.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
/// <param name="DryRun">Whether to say what would come of it only, and change nothing. Default: false.</param>
public sealed record BulkRequest(
    string? Verb = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, IReadOnlyList<long>? Ids = null, long? UpTo = null, string? Reason = null,
    bool DryRun = false);
