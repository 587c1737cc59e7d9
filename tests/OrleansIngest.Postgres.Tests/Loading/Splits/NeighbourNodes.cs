using System.Collections.Concurrent;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Postgres.Tests.Loading.Splits;

/// <summary>Nodes of this process that load splits for each other, as grains do between silos.</summary>
/// <param name="self">Whose files are split.</param>
/// <param name="others">Who helps.</param>
sealed class NeighbourNodes(IngestNode self, params IngestNode[] others) : ISplitWorkers
{
    readonly ConcurrentDictionary<(NodeId, FileId, int Epoch, int Plan), SplitLoader> _loaders = new();
    (NodeId Node, SplitSource Source)? _late;
    int _count;

    public IReadOnlyList<NodeId> Nodes { get; } = [.. others.Select(n => n.Id)];

    /// <summary>Stands before each split, by its number from 1. Default: loads it.</summary>
    public Func<int, Func<Task<SplitResult>>, Task<SplitResult>> Around { get; init; } = (_, load) => load();

    /// <summary>Whether a file is closed only after the next one was opened, or the same for the next plan. Default: at
    /// once.</summary>
    public bool ClosesLate { get; init; }

    /// <summary>Connects a node with its helpers.</summary>
    public void Connect() => self.Splits.Workers = this;

    /// <summary>Splits that were given out.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The last plan under which a split was given out; 0 if none was.</summary>
    public int LastPlan { get; private set; }

    /// <summary>Answers before it returns: while it opened the file for the first time, a quick node would load all of it
    /// alone.</summary>
    public Task<string?> OpenAsync(NodeId node, SplitSource source, CancellationToken cancellationToken)
    {
        var opening = Task.Run(
            () => others.Single(n => n.Id == node).Splits.OpenAsync(source, cancellationToken), CancellationToken.None);
        var (loader, refusal) = opening.GetAwaiter().GetResult();
        if (loader is not null) _loaders[KeyOf(node, source)] = loader;
        if (_late is { } late) CloseNow(late.Node, late.Source);
        _late = null;
        return Task.FromResult(refusal);
    }

    public Task<SplitResult> LoadAsync(NodeId node, SplitSource source, FileSplit split, CancellationToken cancellationToken)
    {
        var loader = _loaders[KeyOf(node, source)];
        LastPlan = source.Plan;
        return Around(Interlocked.Increment(ref _count), () => Task.Run(() => loader.LoadAsync(split, cancellationToken)));
    }

    public void Close(NodeId node, SplitSource source)
    {
        if (ClosesLate) _late = (node, source);
        else CloseNow(node, source);
    }

    static (NodeId Node, FileId File, int Epoch, int Plan) KeyOf(NodeId node, SplitSource source) =>
        (node, source.Claim.FileId, source.Claim.Epoch, source.Plan);

    void CloseNow(NodeId node, SplitSource source)
    {
        if (_loaders.TryRemove(KeyOf(node, source), out var loader))
            _ = others.Single(n => n.Id == node).Splits.CloseAsync(loader);
    }
}
