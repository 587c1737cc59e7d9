using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Starts the Engine's main node before the silo, and those of other databases when these answer, and ends them after
/// the silo has stopped: the grains need them to return their files.</summary>
sealed class NodeHost(IngestNodeOptions options, IReadOnlyList<SiloDatabase> databases, LocalNodes local, DatabaseNodes others,
    ILoggerFactory loggers, TimeProvider time) : IHostedService
{
    IngestNode? _node;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        local.Main.Node = _node = await IngestNode.StartAsync(options, loggers, time, cancellationToken);
        foreach (var database in databases)
            others.TryAdd(database.Name, database.ConnectionString, database.Pipelines, database.WithEvents);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_node is null) return;
        // A database that hangs must not delay the shutdown: the death of this node releases what is not reported now.
        await Task.WhenAll(_node.DisposeAsync().AsTask(), others.DisposeAsync().AsTask()).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
