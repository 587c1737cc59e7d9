namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The files in progress.</summary>
/// <param name="Files">Files that are claimed.</param>
/// <param name="Bytes">Size of these files.</param>
public sealed record InFlight(long Files, long Bytes);
