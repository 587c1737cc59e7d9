using OrleansIngest.Engine.Coordination;

namespace OrleansIngest.Grains;

/// <summary>The Engine of the process that a grain finds itself in.</summary>
public sealed class LocalNode : IDisposable
{
    readonly CancellationTokenSource _draining = new();
    volatile IReadOnlyList<string> _pipelines = [];
    volatile IngestNode? _node;

    /// <summary>The node. Set once, before the silo starts.</summary>
    /// <exception cref="InvalidOperationException">The node has not been started.</exception>
    public IngestNode Node
    {
        get => _node ?? throw new InvalidOperationException("The Engine's node must be started before the silo.");
        set => _node = value;
    }

    /// <summary>The pipelines whose coordinators this process keeps awake; replaced when the configuration changes.</summary>
    public required IReadOnlyList<string> Pipelines { get => _pipelines; set => _pipelines = value; }

    /// <summary>Whether a coordinator here could not reach the database, and nothing has reached it since: another silo may be luckier with it.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Cancelled when this process takes no more files and hands back those that it has.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Ends the work of the file grains here; each hands its file back.</summary>
    public void Drain() => _draining.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _draining.Dispose();
}
