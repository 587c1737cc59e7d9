using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A pipeline whose facts are read for alerts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">Its thresholds.</param>
/// <param name="IsPaused">Whether an operator paused it.</param>
/// <param name="Day">When today began, if it expects files daily; otherwise null.</param>
sealed record EvaluatedPipeline(string Name, AlertOptions Options, bool IsPaused, DateTimeOffset? Day)
{
    /// <summary>The files that it expects; null for none. Default: null.</summary>
    public ExpectOptions? Expect { get; init; }
}
