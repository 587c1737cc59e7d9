namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Files by status.</summary>
public sealed record FileCounts(
    long Discovered, long Ready, long Loading, long Loaded, long Failed, long Quarantined, long Ignored, long Vanished);
