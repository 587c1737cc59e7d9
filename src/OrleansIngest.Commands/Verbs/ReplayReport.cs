namespace OrleansIngest.Commands.Verbs;

/// <summary>What a replay of rejects came to, as <c>--json</c> prints it and the REST API answers.</summary>
/// <param name="Replayed">Rows that are in their tables now.</param>
/// <param name="StillRejected">Rejects that stay open.</param>
sealed record ReplayReport(long Replayed, long StillRejected);
