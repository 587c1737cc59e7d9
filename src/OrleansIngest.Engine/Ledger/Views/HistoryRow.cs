namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>An event.</summary>
public sealed record HistoryRow
{
    /// <summary>Its key.</summary>
    public required long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What: <c>file.quarantined</c>, <c>node.dead</c>, <c>operator.pause</c>, and others.</summary>
    public required string Kind { get; init; }

    /// <summary>Which pipeline.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>Which file.</summary>
    public required long? FileId { get; init; }

    /// <summary>Its path.</summary>
    public required string? Path { get; init; }

    /// <summary>Which node.</summary>
    public required string? Node { get; init; }

    /// <summary>Who did it, when it was a person.</summary>
    public required string? Who { get; init; }

    /// <summary>More of it, human-readable.</summary>
    public required string? Detail { get; init; }
}
