namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>The result of a replay of rejects.</summary>
/// <param name="Replayed">Rows that are in their tables now.</param>
/// <param name="StillRejected">Rejects that stay open, with the detail of this attempt.</param>
public readonly record struct RejectReplayResult(long Replayed, long StillRejected);
