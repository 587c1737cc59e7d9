using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Limits concurrent parsing and hashing to the number of processors, for all nodes of a process together. The holder
/// of a slot may wait for its database while it plans a file; therefore one slot is always free for a node that holds
/// none.</summary>
/// <param name="slots">The slots; one byte is one slot.</param>
sealed class ParseSlots(MemoryBudget slots)
{
    /// <summary>Takes a slot.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => slots.AcquireAsync(1, cancellationToken);

    /// <summary>Returns a slot.</summary>
    public void Release() => slots.Release(1);
}
