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
sealed class NodeHost(
    IngestNodeOptions options, IReadOnlyList<SiloDatabase> databases, LocalNodes local, DatabaseNodes others,
    ILoggerFactory loggers, TimeProvider time, IHostApplicationLifetime lifetime, IOptions<HostOptions> host) : IHostedService
{
    Lazy<Task>? _left;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var node = local.Main.Node = await IngestNode.StartAsync(options, loggers, time, cancellationToken);
        foreach (var database in databases)
            others.TryAdd(database.Name, database.ConnectionString, database.Pipelines, database.WithEvents);
        var left = _left = new Lazy<Task>(() => Task.WhenAll(node.DisposeAsync().AsTask(), others.DisposeAsync().AsTask()));
        lifetime.ApplicationStopping.Register(() => _ = LeaveInTimeAsync(left));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_left is null) return;
        // A database that hangs must not delay the shutdown: the death of this node releases what is not reported now.
        await _left.Value.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task LeaveInTimeAsync(Lazy<Task> left)
    {
        await Task.Delay(host.Value.ShutdownTimeout * 2 / 3, time);
        await left.Value;
    }
}
