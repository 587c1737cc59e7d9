using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>The nodes that can load splits of a file for its owner: grains on other silos, other nodes of this process in
/// tests.</summary>
public interface ISplitWorkers
{
    /// <summary>The nodes that may be asked; not this one.</summary>
    IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>Asks a node to open a file for a plan.</summary>
    /// <returns>Why it takes no splits of it, human-readable; null if it does.</returns>
    Task<string?> OpenAsync(NodeId node, SplitSource source, CancellationToken cancellationToken);

    /// <summary>Has a node load a split, once. Call it once for each split of a claim.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="Exception">Nobody knows how it ended: the node may still commit it, until the claim ends.</exception>
    Task<SplitResult> LoadAsync(NodeId node, SplitSource source, FileSplit split, CancellationToken cancellationToken);

    /// <summary>Tells a node that it may close the file that it has opened for a plan, and does not wait for it: the node may
    /// have opened the file for the next plan when it hears of it. Whatever it still loads for the plan cannot be committed any
    /// more, or is committed.</summary>
    void Close(NodeId node, SplitSource source);
}
