using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace OrleansIngest.Silo;

/// <summary>A silo that is built: start it, or run it until a signal ends it. Dispose gives its ports back.</summary>
public sealed class SiloProgram : IAsyncDisposable
{
    readonly WebApplication _web;
    readonly PortPair _ports;
    readonly NpgsqlDataSource _database;

    internal SiloProgram(WebApplication web, IPEndPoint http, SiloEndpoint endpoint, PortPair ports, NpgsqlDataSource database)
    {
        (_web, Http, Endpoint, _ports, _database) = (web, http, endpoint, ports, database);
    }

    /// <summary>Where the pages are served; bound already, answered after the start.</summary>
    public IPEndPoint Http { get; }

    /// <summary>Where other silos reach this one.</summary>
    public SiloEndpoint Endpoint { get; }

    /// <summary>The services of the program.</summary>
    public IServiceProvider Services => _web.Services;

    /// <summary>Ends when the silo is a member of the cluster and the pages are served.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _web.StartAsync(cancellationToken);

    /// <summary>Drains and leaves the cluster, in at most <see cref="SiloOptions.ShutdownTimeout"/>; less when cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _web.StopAsync(cancellationToken);

    /// <summary>Ends when the program has stopped, by SIGTERM, SIGINT or <see cref="IHostApplicationLifetime.StopApplication"/>.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _web.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _database.DisposeAsync();
        _ports.Dispose();
    }
}
