using System.Collections.Concurrent;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Grains;

/// <summary>The Engine of this process for one database: its node, once that has joined the database's
/// ledger, and its pipelines.</summary>
public sealed class LocalNode
{
    readonly Lock _lock = new();
    readonly ConcurrentDictionary<string, object> _coordinated = new(StringComparer.Ordinal);
    volatile IReadOnlyList<string> _pipelines = [];
    volatile IngestNode? _node;
    volatile IReadOnlyList<PipelineOptions>? _wanted;

    /// <summary>Starts nothing: <see cref="Node"/> is set later.</summary>
    public LocalNode() => Checkpoints = new CheckpointReader(
        files => new CheckpointLedger(Node.LedgerSource).ReadAsync(files, CancellationToken.None));

    /// <summary>The database's name in the configuration; null for the main one. Default: null.</summary>
    public string? Database { get; init; }

    /// <summary>The node. The main database's is set once, before the silo starts; any other as soon as its database is
    /// reachable.</summary>
    /// <exception cref="InvalidOperationException">The node has not been started.</exception>
    public IngestNode Node
    {
        get => _node ?? throw new InvalidOperationException(
            Database is null ? "The Engine's node must be started before the silo."
                : $"Database {Database} has not been reached yet.");
        set
        {
            lock (_lock)
            {
                if (_wanted is not null) value.Apply(_wanted); // a configuration that arrived while it started
                _node = value;
                if (_wanted is not null) _pipelines = value.Pipelines;
            }
        }
    }

    /// <summary>The node; null before it has been started.</summary>
    public IngestNode? Running => _node;

    /// <summary>The pipelines whose coordinators this process keeps awake; replaced when the
    /// configuration changes. Default: none.</summary>
    public IReadOnlyList<string> Pipelines { get => _pipelines; set => _pipelines = value; }

    /// <summary>Whether it has no pipelines, now or after the node has started.</summary>
    public bool IsEmpty => _node is null ? _wanted is not { Count: > 0 } : _pipelines.Count == 0;

    /// <summary>Whether a coordinator here could not reach the database, and nothing has reached it since:
    /// another silo may be able to.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Whether the coordinator of a pipeline runs in this process.</summary>
    internal bool Coordinates(string pipeline) => _coordinated.ContainsKey(pipeline);

    /// <summary>Records that a coordinator has started in this process.</summary>
    internal void Began(string pipeline, object coordinator) => _coordinated[pipeline] = coordinator;

    /// <summary>Records that it has ended; another one of the same pipeline may already be running.</summary>
    internal void Ended(string pipeline, object coordinator) => _coordinated.TryRemove(new(pipeline, coordinator));

    /// <summary>Reads checkpoints of files.</summary>
    internal CheckpointReader Checkpoints { get; }

    /// <summary>Applies another configuration, at once or after the node has started.</summary>
    /// <param name="pipelines">All its pipelines of this database.</param>
    /// <returns>The differences from its previous pipelines.</returns>
    public PipelineChanges Apply(IReadOnlyList<PipelineOptions> pipelines)
    {
        lock (_lock)
        {
            var before = _wanted ?? [];
            _wanted = pipelines;
            if (_node is not { } node) return Difference(before, pipelines);
            var changes = node.Apply(pipelines);
            _pipelines = node.Pipelines;
            return changes;
        }
    }

    static PipelineChanges Difference(IReadOnlyList<PipelineOptions> before, IReadOnlyList<PipelineOptions> after)
    {
        var known = before.ToDictionary(p => p.Name, PipelineJson.Write);
        return new PipelineChanges(
            [.. after.Where(p => !known.ContainsKey(p.Name)).Select(p => p.Name)],
            [.. after.Where(p => known.TryGetValue(p.Name, out var json) && json != PipelineJson.Write(p)).Select(p => p.Name)],
            [.. before.Select(p => p.Name).Except(after.Select(p => p.Name))]);
    }
}
