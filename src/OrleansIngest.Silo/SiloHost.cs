using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Grains;
using OrleansIngest.Silo.Clock;
using OrleansSiloOptions = Orleans.Configuration.SiloOptions;

namespace OrleansIngest.Silo;

/// <summary>Builds the program around a silo: Orleans, its Dashboard, the health endpoints and a web server
/// for the caller's endpoints.</summary>
public static class SiloHost
{
    /// <summary>The invariant by which Orleans' ADO.NET providers know PostgreSQL.</summary>
    const string Npgsql = "Npgsql";

    /// <summary>Log levels of libraries. Set for <see cref="ILogger"/>s made here; a caller that brings its own
    /// <see cref="ILoggerFactory"/> applies it there.</summary>
    public static IReadOnlyDictionary<string, LogLevel> LogLevels { get; } = new Dictionary<string, LogLevel>
    {
        // Its warnings are stack traces of every connection to a lost silo, and complaints about choices made here on purpose
        // (server GC is off: one heap per core costs memory, and the loader allocates nothing per row).
        // ClusterWatch logs what people need to know.
        ["Orleans"] = LogLevel.Error,
        // An error with a stack trace per call that was on its way to a lost silo; the caller gets, and handles, an exception.
        ["Orleans.Messaging"] = LogLevel.Critical,
        ["Orleans.Runtime.GrainCallCancellationManager"] = LogLevel.Critical,
        ["Microsoft.AspNetCore"] = LogLevel.Warning,
        ["Microsoft.Hosting"] = LogLevel.Warning,
        ["Microsoft.Extensions.Hosting"] = LogLevel.Warning,
        ["Polly"] = LogLevel.Error,
    };

    /// <summary>Reserves the ports and builds; nothing is started.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="configureServices">Adds the program's own services; must add an <see cref="ILoggerFactory"/> (Serilog's) if
    /// anything is to be logged. Called before Orleans adds its own, so that its hosted services start
    /// before, and stop after, the silo.</param>
    /// <param name="configureWeb">Maps the program's own pages and endpoints. Default: none.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">No free ports, or the requested one is in use.</exception>
    public static SiloProgram Build(SiloOptions options, Action<IServiceCollection> configureServices,
        Action<WebApplication>? configureWeb = null)
    {
        options.Validate();
        var advertised = AdvertisedAddress.Choose(options.AdvertisedAddress);
        var listen = AdvertisedAddress.Listen(advertised);
        var ports = PortPair.Take(listen, options.SiloPort, options.GatewayPort);
        var endpoint = new SiloEndpoint(new IPEndPoint(advertised, ports.SiloPort));
        Socket http;
        try
        {
            http = HttpSocket.Bind(options.Http, options.HttpIsExplicit);
        }
        catch
        {
            ports.Dispose();
            throw;
        }

        var engine = options.Engine with
        {
            Node = options.Engine.Node
            ?? NodeDescription.NewId(),
            Address = endpoint.ToString()
        };
        var database = OrleansDatabase.Create(engine.ConnectionString, engine.Node.Value);
        // Also with one database: another may be added while it runs.
        engine = engine with { Limits = engine.Limits ?? new SharedLimits(engine.BatchMemoryBytes, engine.DecoderMemoryBytes) };
        var local = new LocalNodes(new LocalNode { Pipelines = [.. engine.Pipelines.Select(p => p.Name)] });

        // Empty: no appsettings.json of the current folder, no ASPNETCORE_URLS, no console logger.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ingest" });
        builder.WebHost.UseKestrelCore();
        if (options.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen((IPEndPoint)http.LocalEndPoint!, listen =>
            {
                if (options.Certificate is { } certificate)
                    listen.UseHttps(
                        tls => (tls.ServerCertificate, tls.ServerCertificateChain) = (certificate, options.CertificateChain));
            });
        });
        var services = builder.Services;
        services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = _ => http);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = options.ShutdownTimeout);
        services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton(provider => new Readiness(provider.GetRequiredService<IHostApplicationLifetime>(), local));
        services.AddSingleton(endpoint);
        services.AddSingleton(local);
        services.AddSingleton(engine);
        services.AddSingleton(options.Databases);
        services.AddSingleton<DatabaseNodes>();
        services.AddHostedService<NodeHost>();
        foreach (var (category, level) in LogLevels) builder.Logging.AddFilter(category, level);
        configureServices(services);
        var clock =
            new SiloClock(services.Last(d => d.ServiceType == typeof(TimeProvider)).ImplementationInstance as TimeProvider
                ?? TimeProvider.System);
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        builder.UseOrleans(silo => ConfigureSilo(silo, options, engine.Node.Value, database, advertised, listen, ports));
        services.AddIngestGrains(local);
        services.AddHostedService<ClusterWatch>();

        var web = builder.Build();
        web.UseMiddleware<RequestAborter>();
        web.UseRouting();
        MapHealth(web);
        LazyDashboard.Map(web);
        configureWeb?.Invoke(web);
        return new SiloProgram(web, (IPEndPoint)http.LocalEndPoint!, endpoint, ports, database, options.ShutdownTimeout);
    }

    static void ConfigureSilo(
        ISiloBuilder silo, SiloOptions options, NodeId node, NpgsqlDataSource database, IPAddress advertised, IPAddress listen,
        PortPair ports)
    {
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (options.Cluster, options.Cluster));
        silo.Configure<OrleansSiloOptions>(o => o.SiloName = node.Value);
        silo.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = advertised;
            (o.SiloPort, o.GatewayPort) = (ports.SiloPort, ports.GatewayPort);
            o.SiloListeningEndpoint = new IPEndPoint(listen, ports.SiloPort);
            o.GatewayListeningEndpoint = new IPEndPoint(listen, ports.GatewayPort);
        });
        silo.UseAdoNetClustering(o => (o.Invariant, o.DataSource) = (Npgsql, database));
        silo.AddAdoNetGrainStorage(OperatorState.Store, o =>
        {
            (o.Invariant, o.DataSource) = (Npgsql, database);
            o.GrainStorageSerializer = new OperatorStateSerializer();
        });
        silo.Configure<ClusterMembershipOptions>(MembershipTuning.Configure);
        silo.Services.AddSingleton(ports);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloGeneration>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DeadSiloSweep>();
        silo.Services.AddSingleton<IFatalErrorHandler, FatalExit>();
        silo.AddDashboard(o =>
        {
            o.HideTrace = true; // it would show the log to everyone who may see the page
            o.CounterUpdateIntervalMs = 5000;
        });
        ThrottledDashboard.Add(silo.Services);
        LazyStatistics.Add(silo.Services);
        // Orleans' own stateless workers are the only ones. By default, they are inspected twice a second.
        silo.Configure<StatelessWorkerOptions>(o => o.IdleWorkersInspectionPeriod = TimeSpan.FromSeconds(10));
        // Placement here asks the ledger, not these statistics: once a second is for clusters that place by them.
        silo.Configure<DeploymentLoadPublisherOptions>(o => o.DeploymentLoadPublisherRefreshTime = TimeSpan.FromSeconds(5));
    }

    static void MapHealth(WebApplication web)
    {
        // Alive: the process answers. The database's state is not part of it, or its restart would restart every silo as well.
        web.MapGet("/health/live", () => Results.Text("alive\n"));
        web.MapGet("/health/ready", (Readiness readiness) =>
            readiness.WhyNot is { } reason
                ? Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ready\n"));
    }
}
