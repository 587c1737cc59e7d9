namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Selection of events.</summary>
public sealed record HistoryFilter
{
    /// <summary>At this instant or later; null: at any time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant; null: at any time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Null: of all pipelines, and of none.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Kinds, or what kinds begin with, such as <c>operator</c>; empty: any.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>A part of detail, path, node or name, in any case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary>Null: of all files, and of none.</summary>
    public long? FileId { get; init; }

    /// <summary>Null: of all nodes, and of none.</summary>
    public string? Node { get; init; }
}
