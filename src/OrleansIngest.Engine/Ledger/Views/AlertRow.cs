namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>An alert that requires attention.</summary>
public sealed record AlertRow
{
    /// <summary>Its key.</summary>
    public required long Id { get; init; }

    /// <summary><c>stalled</c>, <c>reject-rate</c>, <c>reject-file</c>, <c>quarantined</c>, <c>oldest-file</c>, <c>dead-node</c>,
    /// <c>database-away</c>, <c>drift</c>, <c>disposal</c>, <c>expected</c> or <c>no-file-by</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Its pipeline; null for an alert of a node or of the database.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>Its node; null for an alert of a pipeline.</summary>
    public required string? Node { get; init; }

    /// <summary><c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>Human-readable.</summary>
    public required string Message { get; init; }

    /// <summary>The measured value.</summary>
    public required double? Value { get; init; }

    /// <summary>The threshold for the value.</summary>
    public required double? Threshold { get; init; }

    /// <summary>When it fired.</summary>
    public required DateTimeOffset FiredAt { get; init; }

    /// <summary>When it was resolved; null while it fires.</summary>
    public required DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When it was acknowledged; null if it was not. Default: null.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who acknowledged it. Default: null.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Why, in the operator's words. Default: null.</summary>
    public string? AcknowledgedWhy { get; init; }

    /// <summary>Until when alerts of its rule and pipeline are muted, if they are muted now: then it sends no message. Default:
    /// null.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    /// <summary>Who muted them. Default: null.</summary>
    public string? MutedBy { get; init; }
}
