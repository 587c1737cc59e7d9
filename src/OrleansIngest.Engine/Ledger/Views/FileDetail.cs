using System.Diagnostics.CodeAnalysis;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A version of a file, with its batches and its history.</summary>
public sealed record FileDetail : FileRow
{
    /// <summary>The row, and more.</summary>
    [SetsRequiredMembers]
    public FileDetail(FileRow row, IReadOnlyList<BatchRow> batches, long batchesTotal, IReadOnlyList<HistoryRow> events)
        : base(row) => (Batches, BatchesTotal, Events) = (batches, batchesTotal, events);

    /// <summary>Its committed ranges in their order, the first <see cref="FileViews.MostBatches"/> of them.</summary>
    public IReadOnlyList<BatchRow> Batches { get; }

    /// <summary>How many there are.</summary>
    public long BatchesTotal { get; }

    /// <summary>What happened to it, newest first, at most 100.</summary>
    public IReadOnlyList<HistoryRow> Events { get; }
}
