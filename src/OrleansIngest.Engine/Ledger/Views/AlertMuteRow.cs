namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Alerts that send no message for a time.</summary>
public sealed record AlertMuteRow
{
    /// <summary>Its key.</summary>
    public required long Id { get; init; }

    /// <summary>Alerts of this rule; null: of every rule.</summary>
    public required string? Rule { get; init; }

    /// <summary>Alerts of this pipeline; null: of every pipeline, and those of none.</summary>
    public required string? Pipeline { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who muted them.</summary>
    public required string Who { get; init; }

    /// <summary>Why, in the operator's words; null if none was given.</summary>
    public required string? Reason { get; init; }

    /// <summary>Its scope, human-readable: <c>quarantined alerts of pipeline orders</c>.</summary>
    public string Describe() => Describe(Rule, Pipeline);

    internal static string Describe(string? rule, string? pipeline) =>
        (rule ?? "all") + " alerts" + (pipeline is null ? "" : $" of pipeline {pipeline}");
}
