namespace OrleansIngest.Monitor.Api;

/// <summary>The body of an operator's action.</summary>
/// <param name="Reason">The reason, for the history; at most 1000 characters. Default: null.</param>
/// <param name="DryRun">Whether to report the effect and change nothing; only for verbs of files. Default: false.</param>
public sealed record OperatorRequest(string? Reason = null, bool DryRun = false);

/// <summary>The effect of a verb.</summary>
/// <param name="Message">For people: a sentence without its subject.</param>
/// <param name="Rows">Number of rows that would be deleted from the table; null for verbs that delete none.</param>
public sealed record DryRunAnswer(string Message, long? Rows);
