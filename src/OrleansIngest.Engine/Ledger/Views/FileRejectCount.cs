namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects of a file.</summary>
public sealed record FileRejectCount(long FileId, string Path, long Count);
