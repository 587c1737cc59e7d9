using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Monitor.Api;

/// <summary>What a replay of rejects came to, or with <c>dryRun</c> would come to.</summary>
/// <param name="Replayed">Rows that are in their tables now.</param>
/// <param name="StillRejected">Rejects that stay open, with the detail of this attempt.</param>
/// <param name="Refusals">Why the first of these were refused; at most 20.</param>
public sealed record ReplayResult(long Replayed, long StillRejected, IReadOnlyList<RejectVerdict> Refusals);
