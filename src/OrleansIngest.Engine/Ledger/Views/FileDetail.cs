using System.Diagnostics.CodeAnalysis;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A version of a file, with its batches and what happened to it.</summary>
public sealed record FileDetail : FileRow
{
    /// <summary>The row, and more.</summary>
    [SetsRequiredMembers]
    public FileDetail(FileRow row, IReadOnlyList<BatchRow> batches, long batchesTotal, IReadOnlyList<HistoryRow> events, string? columnsNote)
        : base(row) => (Batches, BatchesTotal, Events, ColumnsNote) = (batches, batchesTotal, events, columnsNote);

    /// <summary>Its committed ranges in their order, the first <see cref="FileViews.MostBatches"/> of them.</summary>
    public IReadOnlyList<BatchRow> Batches { get; }

    /// <summary>How many there are.</summary>
    public long BatchesTotal { get; }

    /// <summary>What happened to it, newest first, at most 100.</summary>
    public IReadOnlyList<HistoryRow> Events { get; }

    /// <summary>Columns of the file that no column of the table takes; null when there are none, or that is not known.</summary>
    public string? ColumnsNote { get; }
}
