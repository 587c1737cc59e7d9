using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Alerting;

namespace OrleansIngest.Monitor.Telemetry;

/// <summary>Judges alerts as long as the program runs.</summary>
sealed class AlertService(MonitorDatabase database, MonitorOptions options, ILoggerFactory loggers, TimeProvider? time = null) : IHostedService, IAsyncDisposable
{
    readonly AlertMonitor _alerts = new(database.DataSource, options.Alerts, options.Node, time ?? TimeProvider.System, loggers.CreateLogger<AlertMonitor>());

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _alerts.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public ValueTask DisposeAsync() => _alerts.DisposeAsync();
}
