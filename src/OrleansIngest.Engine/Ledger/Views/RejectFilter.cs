namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Selection of rejects.</summary>
public sealed record RejectFilter
{
    /// <summary>Only rejects with these keys; null: any.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The pipeline; null: all.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The file; null: all.</summary>
    public long? FileId { get; init; }

    /// <summary>A reason code; null: any.</summary>
    public string? Reason { get; init; }

    /// <summary>The issue, a key of <c>corrupt_records.issue</c>; null: any.</summary>
    public long? Issue { get; init; }

    /// <summary>The table for which they were meant, as in <see cref="RejectIssue.Table"/>; null: any.</summary>
    public string? Table { get; init; }

    /// <summary>A part of the record, the file's path or the detail, ignoring case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary><c>open</c>, <c>replayed</c> or <c>ignored</c>; null: any.</summary>
    public string? Status { get; init; }

    /// <summary>Rejected at this instant or later; null: at any time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Rejected before this instant; null: at any time.</summary>
    public DateTimeOffset? To { get; init; }
}
