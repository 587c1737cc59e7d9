using System.Diagnostics.CodeAnalysis;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A version of a file, with its batches and its history.</summary>
public sealed record FileDetail : FileRow
{
    /// <summary>Extends a row.</summary>
    [SetsRequiredMembers]
    public FileDetail(FileRow row, IReadOnlyList<BatchRow> batches, long batchesTotal, IReadOnlyList<HistoryRow> events)
        : base(row) => (Batches, BatchesTotal, Events) = (batches, batchesTotal, events);

    /// <summary>Its committed ranges in order, at most the first <see cref="FileViews.MostBatches"/>.</summary>
    public IReadOnlyList<BatchRow> Batches { get; }

    /// <summary>The number of its batches.</summary>
    public long BatchesTotal { get; }

    /// <summary>Its history, newest first, at most 100 events.</summary>
    public IReadOnlyList<HistoryRow> Events { get; }
}
