namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The answer to a verb.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Message">For people: a sentence without its subject, such as <c>is ready to be loaded again</c>.</param>
/// <param name="FileId">The file that resulted: a new version if it is loaded again; null for a pipeline or an unknown file.</param>
/// <param name="Status">The file's status afterwards; null for a pipeline or an unknown file.</param>
/// <param name="Rows">How many rows leave the table; null when that is not what the verb does.</param>
public sealed record VerbResult(VerbOutcome Outcome, string Message, FileId? FileId = null, string? Status = null, long? Rows = null);
