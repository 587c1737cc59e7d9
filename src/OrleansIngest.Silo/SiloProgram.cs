using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace OrleansIngest.Silo;

/// <summary>A built silo: start it, or run it until a signal ends it. Dispose releases its ports.</summary>
public sealed partial class SiloProgram : IAsyncDisposable
{
    static readonly TimeSpan DisposeWithin = TimeSpan.FromSeconds(5);

    readonly WebApplication _web;
    readonly PortPair _ports;
    readonly NpgsqlDataSource _database;
    readonly TimeSpan _shutdownTimeout;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    bool _isStuck;

    internal SiloProgram(WebApplication web, IPEndPoint http, SiloEndpoint endpoint, PortPair ports, NpgsqlDataSource database,
        TimeSpan shutdownTimeout)
    {
        (_web, Http, Endpoint, _ports, _database, _shutdownTimeout) = (web, http, endpoint, ports, database, shutdownTimeout);
        _time = web.Services.GetRequiredService<TimeProvider>();
        _logger = web.Services.GetService<ILoggerFactory>()?.CreateLogger<SiloProgram>() ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Where the pages are served; already bound, serving after the start.</summary>
    public IPEndPoint Http { get; }

    /// <summary>Where other silos reach this one.</summary>
    public SiloEndpoint Endpoint { get; }

    /// <summary>The services of the program.</summary>
    public IServiceProvider Services => _web.Services;

    /// <summary>Returns when the silo is a member of the cluster and the pages are served.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await SiloGeneration.WaitAsync(_ports, _time, cancellationToken);
        await _web.StartAsync(cancellationToken);
    }

    /// <summary>Drains and leaves the cluster, in at most <see cref="SiloOptions.ShutdownTimeout"/>; less when
    /// cancelled.</summary>
    /// <remarks>Orleans does not know the limit: if the database does not answer, it tries for a minute to write that the silo is
    /// shutting down, and for another one that it is dead. Neither is needed: a node that does not leave the ledger is declared
    /// dead there.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            // On another thread: callbacks of the stop may block before there is a task to wait for.
            await Task.Run(() => _web.StopAsync(cancellationToken), CancellationToken.None).WaitAsync(_shutdownTimeout, _time,
                cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException
            || (failure is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            _isStuck = true;
            LogStuck(_logger, _shutdownTimeout.TotalSeconds);
        }
        catch (Exception failure)
        {
            LogNotLeft(_logger, failure.Message);
        }
    }

    /// <summary>Ends when the program has stopped, by SIGTERM, SIGINT or
    /// <see cref="IHostApplicationLifetime.StopApplication"/>.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _web.WaitForShutdownAsync(cancellationToken);

    /// <summary>Releases the ports. Anything that hangs ends with the process.</summary>
    public async ValueTask DisposeAsync()
    {
        var disposing = Task.Run(() => _web.DisposeAsync().AsTask());
        if (!_isStuck) _isStuck = await EndsLateAsync(disposing);
        // Orleans' last statements fail without it, but only after they have been abandoned.
        await _database.DisposeAsync();
        _ports.Dispose();
    }

    /// <summary>A silo whose start was cut short tries to leave a cluster that it never joined.</summary>
    async Task<bool> EndsLateAsync(Task disposing)
    {
        try
        {
            await disposing.WaitAsync(DisposeWithin, _time);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The silo could not leave the cluster within {Seconds} s; the other silos will declare it dead and take "
            + "over its files")]
    static partial void LogStuck(ILogger logger, double seconds);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The silo could not leave the cluster; the other silos will declare it dead and take over its files: {Reason}")]
    static partial void LogNotLeft(ILogger logger, string reason);
}
