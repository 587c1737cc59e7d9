namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Selection of events.</summary>
public sealed record HistoryFilter
{
    /// <summary>At this instant or later; null: at any time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant; null: at any time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The pipeline; null: any or none.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Kinds or prefixes of kinds, such as <c>operator</c>; empty: any.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>A part of detail, path, node or name, ignoring case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary>The file; null: any or none.</summary>
    public long? FileId { get; init; }

    /// <summary>The node; null: any or none.</summary>
    public string? Node { get; init; }
}
