namespace OrleansIngest.Monitor.Api;

/// <summary>What an operator says with an act.</summary>
/// <param name="Reason">Why, for the history; at most 1000 characters. Default: null.</param>
/// <param name="DryRun">Whether to say what would come of it only, and change nothing: for verbs of files. Default: false.</param>
public sealed record OperatorRequest(string? Reason = null, bool DryRun = false);

/// <summary>What would come of a verb.</summary>
/// <param name="Message">For people: a sentence without its subject.</param>
/// <param name="Rows">How many rows would leave the table; null when that is not what the verb does.</param>
public sealed record DryRunAnswer(string Message, long? Rows);
