namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Measurements over time, one array per quantity, each as long as <see cref="T"/>.</summary>
public sealed record Series
{
    /// <summary>Start of the first step.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the last step.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Length of a step.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Start of each step, seconds since 1970-01-01 UTC.</summary>
    public required long[] T { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, PipelineSeries> Pipelines { get; init; }
}
