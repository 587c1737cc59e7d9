using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Monitor.Telemetry;

/// <summary>Metrics for Prometheus at <c>/metrics</c>, always; metrics and traces to an OTLP
/// collector when one is named.</summary>
public static class TelemetryServices
{
    /// <summary>.NET's own meter: processor time, memory, garbage collections, threads, exceptions.</summary>
    const string RuntimeMeter = "System.Runtime";

    static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(1);

    /// <summary>Adds meters, and exporters for them.</summary>
    public static IServiceCollection AddIngestTelemetry(this IServiceCollection services, MonitorOptions options)
    {
        services.AddSingleton(provider => new LedgerMeter(
            provider.GetRequiredService<MonitorDatabases>().Main.DataSource,
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        var version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.Otlp.ServiceName, serviceVersion: version,
                serviceInstanceId: options.Node))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(MetricNames.Meter, RuntimeMeter).AddPrometheusExporter();
                if (options.Otlp.Endpoint is not null)
                    metrics.AddOtlpExporter(exporter => options.Otlp.Apply(exporter, "metrics"));
            });
        if (options.Otlp.Endpoint is not null)
            telemetry.WithTracing(traces =>
                traces.AddSource(MetricNames.Meter).AddOtlpExporter(exporter => options.Otlp.Apply(exporter, "traces")));
        return services;
    }

    /// <summary>Maps <see cref="MonitorOptions.MetricsPath"/>.</summary>
    public static void MapIngestMetrics(this WebApplication web)
    {
        if (web.Services.GetRequiredService<MonitorOptions>().MetricsPath is not { } path) return;
        web.UseWhen(context => context.Request.Path == path, branch => branch.Use(async (context, next) =>
        {
            await context.RequestServices.GetRequiredService<LedgerMeter>().RefreshAsync(MaximumAge, context.RequestAborted);
            await next(context);
        }));
        web.MapPrometheusScrapingEndpoint(path);
    }
}
