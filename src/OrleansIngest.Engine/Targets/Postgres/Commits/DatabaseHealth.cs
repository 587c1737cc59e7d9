using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Whether the database is available to the connections of a node, and the only place that determines retry
/// delays.</summary>
public sealed class DatabaseHealth(ILogger logger, TimeProvider time)
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();

    /// <summary>When it became unavailable; null while it is available.</summary>
    public DateTimeOffset? AwaySince { get; private set; }

    /// <summary>The message of the last failure.</summary>
    public string? Reason { get; private set; }

    /// <summary>Reports a statement that failed for a temporary reason.</summary>
    public void Lost(Exception failure)
    {
        lock (_lock)
        {
            Reason = failure.Message;
            if (AwaySince is not null) return;
            AwaySince = time.GetUtcNow();
        }

        EngineLog.WaitingForDatabase(logger, failure.Message);
    }

    /// <summary>Reports a successful statement.</summary>
    public void Reached()
    {
        if (AwaySince is null) return;
        TimeSpan away;
        lock (_lock)
        {
            if (AwaySince is not { } since) return;
            away = time.GetUtcNow() - since;
            AwaySince = null;
            Reason = null;
        }

        EngineLog.DatabaseIsBack(logger, away.TotalSeconds);
    }

    /// <summary>Waits before the next attempt: 100 ms, doubled each time, 5 s at most.</summary>
    public Task BackOffAsync(int attempt, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(Math.Min(Longest.TotalMilliseconds,
            First.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 10))));
        return Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>Runs an action on the database for as long as it takes: temporary failures are retried.</summary>
    public async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var result = await action(cancellationToken);
                Reached();
                return result;
            }
            catch (Exception failure) when (failure is not OperationCanceledException
                && FailureClassifier.IsWorthWaiting(failure))
            {
                Lost(failure);
            }

            await BackOffAsync(attempt, cancellationToken);
        }
    }

    /// <inheritdoc cref="RetryAsync{T}"/>
    public Task RetryAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken) =>
        RetryAsync<bool>(async token =>
        {
            await action(token);
            return true;
        }, cancellationToken);
}
