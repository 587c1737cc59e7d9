using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Monitor.Api;

/// <summary>The result of a replay, or with <c>dryRun</c> the expected result.</summary>
/// <param name="Replayed">Records that are now rows of their tables.</param>
/// <param name="StillRejected">Rejects that stay open; their detail is that of this attempt.</param>
/// <param name="Refusals">The reasons of the first 20 of these.</param>
public sealed record ReplayResult(long Replayed, long StillRejected, IReadOnlyList<RejectVerdict> Refusals);
