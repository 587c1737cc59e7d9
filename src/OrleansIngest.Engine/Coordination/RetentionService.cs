using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Keeps the ledger small, in every silo, in parallel with the rounds of the coordinators, so that a long run delays no
/// claim. The first to come does the work; the others find the lock taken.</summary>
sealed class RetentionService : IAsyncDisposable
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    readonly NpgsqlDataSource _dataSource;
    readonly RetentionLedger _ledger;
    readonly RetentionOptions _keep;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    public RetentionService(NpgsqlDataSource dataSource, RetentionOptions keep, TimeProvider time, ILogger logger)
    {
        (_dataSource, _ledger, _keep, _time, _logger) = (dataSource, new RetentionLedger(dataSource), keep, time, logger);
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
                await Task.Delay(more ? TimeSpan.FromSeconds(1) : Period, _time, _stop.Token);
                more = await _ledger.RunAsync(_keep, _stop.Token) >= RetentionLedger.RowsAtOnce;
                await StageLedger.SweepAsync(_dataSource, _stop.Token);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException
                or InvalidOperationException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested) EngineLog.RetentionFailed(_logger, failure.Message);
                more = false;
            }
        }
    }
}
