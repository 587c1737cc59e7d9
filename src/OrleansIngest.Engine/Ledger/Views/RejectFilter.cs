namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Which rejects.</summary>
public sealed record RejectFilter
{
    /// <summary>Only these, by their keys; null: any.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Null: of all pipelines.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Null: of all files.</summary>
    public long? FileId { get; init; }

    /// <summary>A code; null: any.</summary>
    public string? Reason { get; init; }

    /// <summary>Of this issue, a key of <c>corrupt_records.issue</c>; null: any.</summary>
    public long? Issue { get; init; }

    /// <summary>Meant for this table, named as <see cref="RejectIssue.Table"/>; null: any.</summary>
    public string? Table { get; init; }

    /// <summary>A part of the record, the file's path or the detail, in any case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary><c>open</c>, <c>replayed</c> or <c>ignored</c>; null: any.</summary>
    public string? Status { get; init; }

    /// <summary>Rejected at this instant or later; null: at any time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Rejected before this instant; null: at any time.</summary>
    public DateTimeOffset? To { get; init; }
}
