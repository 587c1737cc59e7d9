using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Monitor;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The monitor alone: pages over a ledger, without a silo.</summary>
static class MonitorRun
{
    const int Ports = 100;
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(2);

    /// <summary>Options of the monitor in a silo and alone.</summary>
    /// <param name="connectionString">Of the main database.</param>
    /// <param name="node">Whose process this is.</param>
    /// <param name="pages">Where, and for whom.</param>
    /// <param name="alerts">Where alerts go.</param>
    /// <param name="databases">The databases beside the main one; null for none.</param>
    public static MonitorOptions Options(
        string connectionString, string node, PagesConfiguration pages, AlertingOptions alerts,
        IReadOnlyDictionary<string, DatabaseSettings>? databases = null) => new()
        {
            ConnectionString = connectionString,
            Databases = (databases ?? new Dictionary<string, DatabaseSettings>()).ToDictionary(d => d.Key,
                d => d.Value.ConnectionString("ingest/monitor"), StringComparer.Ordinal),
            Node = node,
            IsLoopback = pages.IsLoopback,
            IsTls = pages.Certificate is not null,
            Tokens = pages.Tokens,
            AllowedHosts = pages.AllowedHosts,
            Alerts = alerts,
            Shown = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["http"] = (pages.Http ?? PagesConfiguration.StandardHttp).ToString(),
                ["tls"] = pages.Certificate is null ? "off" : "on",
                ["operatorToken"] = pages.Tokens.Operator is null ? "not set"
                    : pages.TokenIsMade ? "generated, in .ingest/token" : "set",
                ["viewerToken"] = pages.Tokens.Viewer is null ? "not set" : "set",
                ["alertWebhook"] = alerts.Target() is { } target ? target.Host : "none",
            },
        };

    /// <summary>The same with the configuration's options for uploads and rows.</summary>
    public static MonitorOptions WithPages(this MonitorOptions options, CliContext context)
    {
        var pages = context.Configuration.Pages;
        var uploads = pages.UploadDirectory
            ?? Path.Combine(Path.GetDirectoryName(context.Surroundings.EmbeddedDirectory)!, "uploads");
        return options with { Pages = pages, UploadDirectory = uploads };
    }

    /// <summary>Starts it on the requested address, or on the next free port if none was requested.</summary>
    /// <exception cref="CliException">The port is in use, or may not be opened.</exception>
    public static async Task<(WebApplication Web, IPEndPoint Http)> StartAsync(
        CliContext context, MonitorOptions options, PagesConfiguration pages, CancellationToken cancellationToken)
    {
        var wanted = pages.Http ?? PagesConfiguration.StandardHttp;
        for (var i = 0; ; i++)
        {
            var http = new IPEndPoint(wanted.Address, wanted.Port == 0 ? 0 : wanted.Port + i);
            var web = Build(context, options, pages, http);
            try
            {
                await web.StartAsync(cancellationToken);
                var bound = new Uri(web.Urls.First());
                return (web, new IPEndPoint(wanted.Address, bound.Port));
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                await web.DisposeAsync();
                if (pages.Http is not null || i + 1 == Ports || failure.InnerException is not AddressInUseException)
                    throw new CliException($"cannot serve on http://{http}: {failure.Message}");
            }
        }
    }

    static WebApplication Build(CliContext context, MonitorOptions options, PagesConfiguration pages, IPEndPoint http)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ingest" });
        builder.WebHost.UseKestrelCore();
        if (pages.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(http, listen =>
            {
                if (pages.Certificate is { } certificate)
                    listen.UseHttps(tls => (tls.ServerCertificate, tls.ServerCertificateChain) = (certificate, pages.Chain));
            });
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(context.Time);
        builder.Services.AddLogging(logging => logging.UseOnly(context.Log));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddIngestMonitor(options);
        var web = builder.Build();
        web.UseRouting();
        // The same as a silo's, for the same probes. The database's state is not part of it: the pages
        // are useful while it is unavailable.
        web.MapGet("/health/live", () => Results.Text("alive\n")).ExcludeFromDescription();
        web.MapGet("/health/ready", () => Results.Text("ready\n")).ExcludeFromDescription();
        MonitorEndpoints.Map(web);
        return web;
    }
}
