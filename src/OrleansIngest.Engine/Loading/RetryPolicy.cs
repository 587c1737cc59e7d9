using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>The delay before the next attempt of a failed file: a pure function of the number of failures.</summary>
public static class RetryPolicy
{
    /// <summary>The initial delay, doubled with each further failure, up to the maximum.</summary>
    /// <param name="failures">Number of failures so far; from 1.</param>
    /// <param name="options">With RetryInitialDelay and RetryMaxDelay.</param>
    public static TimeSpan DelayAfter(int failures, PipelineOptions options)
    {
        var seconds = options.RetryInitialDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 40));
        return TimeSpan.FromSeconds(Math.Min(seconds, options.RetryMaxDelay.TotalSeconds));
    }
}
