namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>One node, with its current and past work.</summary>
/// <param name="Node">Its row in the list.</param>
/// <param name="Series">The last two hours, or the two hours before its end.</param>
/// <param name="Files">Files of which it committed batches, latest first; at most 20, from the last 20,000 batches of the ledger
/// before its end.</param>
/// <param name="Events">Its history, newest first; at most 100 events.</param>
public sealed record NodeDetail(
    NodeRow Node, NodeSeries Series, IReadOnlyList<NodeFileRow> Files, IReadOnlyList<HistoryRow> Events);

/// <summary>The commits of a node, by minute. Minutes without a batch are 0; sums by node are stored for two hours.</summary>
/// <param name="T">Starts of the minutes, Unix seconds.</param>
/// <param name="Rows">Rows loaded.</param>
/// <param name="Rejected">Records rejected.</param>
/// <param name="Bytes">Bytes of files.</param>
/// <param name="Batches">Batches.</param>
/// <param name="Files">Files that were finished.</param>
public sealed record NodeSeries(long[] T, long[] Rows, long[] Rejected, long[] Bytes, long[] Batches, long[] Files);

/// <summary>A node's part of a file.</summary>
/// <param name="FileId">Its key.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Pipeline">Its pipeline.</param>
/// <param name="Status">The file's status now.</param>
/// <param name="Batches">Batches that the node committed.</param>
/// <param name="RowsLoaded">Rows in them.</param>
/// <param name="RowsRejected">Rejects in them.</param>
/// <param name="BatchMs">Mean time of a batch: read, wait, copy.</param>
/// <param name="CommittedAt">When the last of them was committed.</param>
public sealed record NodeFileRow(
    long FileId, string Path, string Pipeline, string Status, long Batches, long RowsLoaded, long RowsRejected, double BatchMs,
    DateTimeOffset CommittedAt);
