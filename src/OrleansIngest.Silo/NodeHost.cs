using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Starts the Engine's main node before the silo, and those of other databases when these answer, and ends them after
/// the silo has stopped: the grains need them to return their files.</summary>
/// <remarks>A silo that does not leave the cluster in time (a busy machine, a membership table that is locked) must not take the
/// nodes with it: two thirds into <see cref="SiloOptions.ShutdownTimeout"/> they leave the ledger before it, so that their
/// files are free at once and the node is not declared dead.</remarks>
sealed class NodeHost : IHostedService, IDisposable
{
    readonly IngestNodeOptions _options;
    readonly IReadOnlyList<SiloDatabase> _databases;
    readonly LocalNodes _local;
    readonly DatabaseNodes _others;
    readonly ILoggerFactory _loggers;
    readonly TimeProvider _time;
    readonly TimeSpan _leaveWithin;
    readonly CancellationTokenRegistration _stopping;
    readonly Lazy<Task> _left;
    IngestNode? _node;

    public NodeHost(
        IngestNodeOptions options, IReadOnlyList<SiloDatabase> databases, LocalNodes local, DatabaseNodes others,
        ILoggerFactory loggers, TimeProvider time, IHostApplicationLifetime lifetime, IOptions<HostOptions> host)
    {
        (_options, _databases, _local, _others, _loggers, _time) = (options, databases, local, others, loggers, time);
        _leaveWithin = host.Value.ShutdownTimeout * 2 / 3;
        _left = new Lazy<Task>(LeaveAsync);
        _stopping = lifetime.ApplicationStopping.Register(() => _ = LeaveInTimeAsync());
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _local.Main.Node = _node = await IngestNode.StartAsync(_options, _loggers, _time, cancellationToken);
        foreach (var database in _databases)
            _others.TryAdd(database.Name, database.ConnectionString, database.Pipelines, database.WithEvents);
    }

    /// <summary>A database that hangs must not delay the shutdown: the death of this node releases what is not reported now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _left.Value.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _stopping.Dispose();

    async Task LeaveInTimeAsync()
    {
        await Task.Delay(_leaveWithin, _time);
        await _left.Value;
    }

    Task LeaveAsync() => _node is null ? Task.CompletedTask
        : Task.WhenAll(_node.DisposeAsync().AsTask(), _others.DisposeAsync().AsTask());
}
