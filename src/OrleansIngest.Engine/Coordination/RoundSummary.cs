namespace OrleansIngest.Engine.Coordination;

/// <summary>The result of a coordinator's round.</summary>
/// <param name="Settling">Discovered files that are not ready yet; at least 1 while content is compared.</param>
/// <param name="Claimed">Files handed to nodes in this round.</param>
public readonly record struct RoundSummary(int Settling, int Claimed);
