namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>An event.</summary>
public sealed record HistoryRow
{
    /// <summary>Its key.</summary>
    public required long Id { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Its kind: <c>file.quarantined</c>, <c>node.dead</c>, <c>operator.pause</c>, and others.</summary>
    public required string Kind { get; init; }

    /// <summary>The pipeline.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>The file's key.</summary>
    public required long? FileId { get; init; }

    /// <summary>The file's path.</summary>
    public required string? Path { get; init; }

    /// <summary>The node.</summary>
    public required string? Node { get; init; }

    /// <summary>The person who did it; null for a program.</summary>
    public required string? Who { get; init; }

    /// <summary>Details, human-readable.</summary>
    public required string? Detail { get; init; }
}
