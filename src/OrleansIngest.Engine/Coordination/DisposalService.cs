using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Disposal;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Archives and deletes loaded and quarantined files, in every silo, in parallel with loading. The ledger decides which
/// silo handles a file.</summary>
sealed class DisposalService : IAsyncDisposable
{
    static readonly TimeSpan Often = TimeSpan.FromSeconds(1), Seldom = TimeSpan.FromSeconds(30);

    readonly DisposalRound _round;
    readonly Func<IReadOnlyList<string>> _pipelines;
    readonly Func<bool> _isAsked;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    /// <param name="dataSource">Connections to the ledger.</param>
    /// <param name="node">This node.</param>
    /// <param name="pipelines">The pipelines, including those that keep their files: an earlier configuration may have left files
    /// to archive or delete.</param>
    /// <param name="isAsked">Whether any of them archives or deletes files.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="logger">Logs the results.</param>
    public DisposalService(NpgsqlDataSource dataSource, NodeId node, Func<IReadOnlyList<string>> pipelines, Func<bool> isAsked,
        TimeProvider time, ILogger logger)
    {
        _round = new DisposalRound(new DisposalLedger(dataSource), node, time, logger);
        (_pipelines, _isAsked, _time, _logger) = (pipelines, isAsked, time, logger);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        var more = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!more) await Task.Delay(_isAsked() ? Often : Seldom, _time, _stop.Token);
                more = (await _round.RunAsync([.. _pipelines()], null, atOnce: false, _stop.Token)).Count > 0;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException
                or InvalidOperationException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested) EngineLog.DisposalsFailed(_logger, failure.Message);
                more = false;
            }
        }
    }
}
