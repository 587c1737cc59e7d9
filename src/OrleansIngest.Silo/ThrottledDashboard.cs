using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Orleans.Hosting;

namespace OrleansIngest.Silo;

/// <summary>Orleans' Dashboard at a cost that an idle silo can bear.</summary>
/// <remarks>The Dashboard's hosted service collects every metric of Orleans once a second and offers no option for it: 0.7 % of a
/// core on an idle silo, a third of its total. This one starts after it and replaces its collector with one that does the same
/// every ten seconds. Replacing it is harmless: only the counters page of the Dashboard shows these figures. The two types are
/// internal; if a later version renames them, its own collector stays.</remarks>
sealed class ThrottledDashboard(IDisposable host, BaseExporter<Metric> exporter) : IHostedService, IDisposable
{
    const int PeriodMilliseconds = 10_000;

    MeterProvider? _collector;

    public static void Add(IServiceCollection services)
    {
        var host = services.FirstOrDefault(d => d.ServiceType.Name == "DashboardHost")?.ServiceType;
        var exporter = services.FirstOrDefault(d => d.ServiceType.Name == "DashboardTelemetryExporter")?.ServiceType;
        if (host?.IsAssignableTo(typeof(IDisposable)) != true
            || exporter?.IsAssignableTo(typeof(BaseExporter<Metric>)) != true) return;
        services.AddSingleton<IHostedService>(provider => new ThrottledDashboard(
            (IDisposable)provider.GetRequiredService(host), (BaseExporter<Metric>)provider.GetRequiredService(exporter)));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        host.Dispose(); // ends its collector, nothing else
        _collector = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Orleans")
            .AddReader(new PeriodicExportingMetricReader(exporter, PeriodMilliseconds, PeriodMilliseconds))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _collector?.Dispose();
}
