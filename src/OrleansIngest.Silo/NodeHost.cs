using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Starts the Engine's node before the silo, and ends it after the silo has stopped: the grains that hand back their files need it.</summary>
sealed class NodeHost(IngestNodeOptions options, LocalNode local, ILoggerFactory loggers, TimeProvider time) : IHostedService
{
    IngestNode? _node;

    public async Task StartAsync(CancellationToken cancellationToken) =>
        local.Node = _node = await IngestNode.StartAsync(options, loggers, time, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_node is null) return;
        // A database that hangs must not hold up the end: what is not said to it now is found by the death of this node.
        await _node.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
