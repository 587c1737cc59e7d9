namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Sums over all pipelines, ever.</summary>
public sealed record OverviewTotals(long FilesLoaded, long RowsLoaded, long RowsRejected, long Bytes);
