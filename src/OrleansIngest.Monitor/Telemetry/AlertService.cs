using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Alerting;

namespace OrleansIngest.Monitor.Telemetry;

/// <summary>Evaluates alerts while the program runs, those of each database from its own ledger.</summary>
sealed class AlertService(MonitorDatabases databases, MonitorOptions options, ILoggerFactory loggers,
    TimeProvider? time = null) : IHostedService, IAsyncDisposable
{
    readonly List<AlertMonitor> _alerts = [];
    readonly Lock _lock = new();
    bool _isOver;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        databases.Added += Add;
        foreach (var database in databases.All) Add(database);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async ValueTask DisposeAsync()
    {
        databases.Added -= Add;
        AlertMonitor[] all;
        lock (_lock)
        {
            _isOver = true;
            all = [.. _alerts];
        }

        await Task.WhenAll(all.Select(a => a.DisposeAsync().AsTask()));
    }

    void Add(MonitorDatabase database)
    {
        lock (_lock)
        {
            if (_isOver) return;
            var alerts = new AlertMonitor(database.DataSource, options.Alerts, options.Node, time ?? TimeProvider.System,
                loggers.CreateLogger<AlertMonitor>())
            {
                Database = database == databases.Main ? null : database.Name,
            };
            _alerts.Add(alerts);
            alerts.Start();
        }
    }
}
