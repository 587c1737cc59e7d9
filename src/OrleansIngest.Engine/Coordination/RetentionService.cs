using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>In every silo: keeps the ledger small, beside the rounds of the coordinators, so that a long turn of it holds up no claim. Whoever comes
/// first does it; the others find it being done.</summary>
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
            catch (Exception failure) when (failure is NpgsqlException or IOException or OperationCanceledException or InvalidOperationException or TimeoutException)
            {
                if (!_stop.IsCancellationRequested) EngineLog.RetentionFailed(_logger, failure.Message);
                more = false;
            }
        }
    }
}
