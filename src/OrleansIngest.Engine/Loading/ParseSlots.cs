using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Limits concurrent parsing and hashing to the number of processors, for all nodes of a process together. The holder of
/// a slot may wait for its database, to plan a file; so one slot is free for a node that holds
/// none, whatever the others do.</summary>
/// <param name="slots">A slot takes one byte of this.</param>
sealed class ParseSlots(MemoryBudget slots)
{
    /// <summary>Takes one.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => slots.AcquireAsync(1, cancellationToken);

    /// <summary>Gives it back.</summary>
    public void Release() => slots.Release(1);
}
