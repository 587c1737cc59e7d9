namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The effect of a verb on a file in its state.</summary>
/// <param name="Outcome">Only <see cref="VerbOutcome.Done"/> changes anything.</param>
/// <param name="Message">Human-readable, without its subject.</param>
/// <param name="Status">The state to bring it to; null when nothing changes.</param>
/// <param name="NewVersion">Whether that is the state of a new version, and the file itself stays unchanged.</param>
readonly record struct FileDecision(VerbOutcome Outcome, string Message, FileStatus? Status = null, bool NewVersion = false);
