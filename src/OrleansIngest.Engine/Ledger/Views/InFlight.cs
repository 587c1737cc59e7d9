namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>What is being loaded.</summary>
/// <param name="Files">Files that are claimed.</param>
/// <param name="Bytes">Of these files.</param>
public sealed record InFlight(long Files, long Bytes);
