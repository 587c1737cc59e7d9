namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The files that wait to be loaded.</summary>
/// <param name="Files">Files that are discovered, ready, or failed and to be retried.</param>
/// <param name="Bytes">Size of these files.</param>
/// <param name="OldestSeconds">Age of the file that has waited longest; null if none waits.</param>
public sealed record Backlog(long Files, long Bytes, double? OldestSeconds);
