using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Coordination;

/// <summary>What a node takes of the limits that it shares with the other nodes of its process; returned when it is
/// disposed of.</summary>
sealed class NodeShares(SharedLimits limits) : IDisposable
{
    /// <summary>Memory for batches.</summary>
    public MemoryBudget Batches { get; } = limits.Batches.Join();

    /// <summary>Memory for decoders.</summary>
    public MemoryBudget Decoders { get; } = limits.Decoders.Join();

    /// <summary>Parse slots, one byte each.</summary>
    public MemoryBudget Slots { get; } = limits.Slots.Join();

    /// <summary>Memory for the batches of all nodes together, in bytes.</summary>
    public long BatchMemory => limits.Batches.Total;

    /// <summary>Parse slots of all nodes together.</summary>
    public long Processors => limits.Slots.Total;

    /// <inheritdoc/>
    public void Dispose()
    {
        limits.Batches.Leave(Batches);
        limits.Decoders.Leave(Decoders);
        limits.Slots.Leave(Slots);
    }
}
