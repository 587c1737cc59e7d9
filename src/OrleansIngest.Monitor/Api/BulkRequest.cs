using System.Text.Json;

namespace OrleansIngest.Monitor.Api;

/// <summary>A verb for many files.</summary>
/// <param name="Verb"><c>retry</c>, <c>skip</c>, <c>quarantine</c>, <c>replay</c>, <c>replace</c> or <c>undo</c>.</param>
/// <param name="Filter">Filter parameters of <c>/files</c>; <c>{}</c> for all. A file that no longer matches does not change.
/// Null: any file of <paramref name="Ids"/>.</param>
/// <param name="Ids">1 to 100,000 keys, from a dry run. Null: all files of <paramref name="Filter"/>, which
/// requires <paramref name="UpTo"/> unless it is a dry run.</param>
/// <param name="UpTo">Only keys up to this one, from a dry run: it excludes files that were discovered later. Null:
/// any.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters.</param>
/// <param name="DryRun">Whether to report the effect and change nothing. Default: false.</param>
public sealed record BulkRequest(
    string? Verb = null, IReadOnlyDictionary<string, JsonElement>? Filter = null, IReadOnlyList<long>? Ids = null,
    long? UpTo = null, string? Reason = null,
    bool DryRun = false);
