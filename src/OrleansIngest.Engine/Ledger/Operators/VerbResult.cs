namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The answer to a verb.</summary>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Message">Human-readable: a sentence without its subject, such as <c>is ready to be loaded again</c>.</param>
/// <param name="FileId">The file that resulted: a new version if it is loaded again; null for a
/// pipeline or an unknown file.</param>
/// <param name="Status">The file's status afterwards; null for a pipeline or an unknown file.</param>
/// <param name="Rows">Number of rows that are removed from the table; null for other verbs.</param>
public sealed record VerbResult(VerbOutcome Outcome, string Message, FileId? FileId = null, string? Status = null,
    long? Rows = null);
