namespace OrleansIngest.Engine.Ledger;

/// <summary>A live node and its free capacity.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Address">The address of its silo; null for a node without one.</param>
/// <param name="Capacity">Maximum number of files in progress.</param>
/// <param name="Loading">Files in progress, of all pipelines.</param>
/// <param name="Age">Time since it joined.</param>
public sealed record NodeLoad(NodeId Node, string? Address, int Capacity, int Loading, TimeSpan Age)
{
    /// <summary>Number of further files that it can take.</summary>
    public int Free => Math.Max(0, Capacity - Loading);
}
