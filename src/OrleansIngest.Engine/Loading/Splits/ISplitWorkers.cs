using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>The nodes that can load splits of a file for its owner: grains on other silos; in tests, other nodes of this
/// process.</summary>
public interface ISplitWorkers
{
    /// <summary>The available nodes, without this one.</summary>
    IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>Asks a node to open a file for a plan.</summary>
    /// <returns>Why the node takes no splits of the file, human-readable; null if it does.</returns>
    Task<string?> OpenAsync(NodeId node, SplitSource source, CancellationToken cancellationToken);

    /// <summary>Has a node load a split. Call it only once for each split of a claim.</summary>
    /// <returns>The result of the split.</returns>
    /// <exception cref="Exception">The result is unknown: the node may still commit the split, until the claim
    /// ends.</exception>
    Task<SplitResult> LoadAsync(NodeId node, SplitSource source, FileSplit split, CancellationToken cancellationToken);

    /// <summary>Tells a node that it may close the file that it has opened for a plan, and does not wait for it: the node may
    /// have opened the file for the next plan when it hears of it. Whatever it still loads for the plan cannot be committed any
    /// more, or is committed.</summary>
    void Close(NodeId node, SplitSource source);
}
