namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Totals over all pipelines since the ledger was created.</summary>
/// <param name="FilesLoaded">Files that are loaded.</param>
/// <param name="RowsLoaded">Rows that files brought.</param>
/// <param name="RowsRejected">Records that were rejected, also those that were replayed or closed since.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="OpenRejects">Records that are rejected now.</param>
public sealed record OverviewTotals(long FilesLoaded, long RowsLoaded, long RowsRejected, long Bytes, long OpenRejects);
