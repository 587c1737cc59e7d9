namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Totals over all pipelines since the ledger was created.</summary>
/// <param name="FilesLoaded">Files that are loaded.</param>
/// <param name="RowsLoaded">Rows loaded from files.</param>
/// <param name="RowsRejected">Records that were rejected, including those that were replayed or closed since.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="OpenRejects">Rejects that are open now.</param>
public sealed record OverviewTotals(long FilesLoaded, long RowsLoaded, long RowsRejected, long Bytes, long OpenRejects);
