using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Rebuilds indexes that a bulk load has dropped, in every silo, in parallel with loading. The ledger decides which silo
/// builds which index.</summary>
sealed class IndexService : IAsyncDisposable
{
    static readonly TimeSpan Often = TimeSpan.FromSeconds(1), Seldom = TimeSpan.FromSeconds(30);

    readonly IndexRebuild _rebuild;
    readonly DroppedIndexLedger _ledger;
    readonly int _sessions;
    readonly Func<IReadOnlyList<string>> _pipelines;
    readonly Func<bool> _isAsked;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    /// <param name="rebuild">Builds the indexes.</param>
    /// <param name="ledger">The dropped indexes.</param>
    /// <param name="sessions">Number of concurrent sessions.</param>
    /// <param name="pipelines">The pipelines that this silo runs.</param>
    /// <param name="isAsked">Whether one of them drops indexes.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="logger">Logs the results.</param>
    public IndexService(
        IndexRebuild rebuild, DroppedIndexLedger ledger, int sessions, Func<IReadOnlyList<string>> pipelines, Func<bool> isAsked,
        TimeProvider time, ILogger logger)
    {
        (_rebuild, _ledger, _sessions, _pipelines) = (rebuild, ledger, sessions, pipelines);
        (_isAsked, _time, _logger) = (isAsked, time, logger);
        _running = RunAsync();
    }

    /// <summary>Rolls back a build in progress; another silo starts it again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        await Task.Yield();
        var began = _time.GetTimestamp();
        var isFirst = true;
        var wait = TimeSpan.Zero;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(wait, _time, _stop.Token);
                // A backlog from before the start continues: its coordinator gets time to report.
                var isStarting = _time.GetElapsedTime(began) < PipelineLedger.UncoordinatedAfter;
                var isPending = (await _ledger.ListAsync(_stop.Token)).Count > 0;
                if (isPending)
                    await _rebuild.RunAsync(_sessions, isStarting ? _pipelines() : [], atOnce: isFirst, [], _stop.Token);
                (isFirst, wait) = (false, isPending || _isAsked() ? Often : Seldom);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException
                or InvalidOperationException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested) EngineLog.IndexesNotBuilt(_logger, failure.Message);
                wait = Often;
            }
        }
    }
}
