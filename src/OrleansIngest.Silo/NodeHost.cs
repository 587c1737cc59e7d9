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
        if (_node is not null) await _node.DisposeAsync();
    }
}
