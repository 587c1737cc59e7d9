using System.Runtime.CompilerServices;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Limits concurrent parsing and hashing to the number of processors, for all nodes of a process together. The holder
/// of a slot may wait for its database while it plans a file; therefore one slot is always free for a node that holds
/// none.</summary>
/// <param name="slots">The slots; one byte is one slot.</param>
sealed class ParseSlots(MemoryBudget slots)
{
    /// <summary>Takes one, until the result is disposed of. Allocates nothing of its own: a slot is taken for every
    /// batch.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Slot> TakeAsync(CancellationToken cancellationToken)
    {
        await slots.AcquireAsync(1, cancellationToken);
        return new Slot(slots);
    }

    /// <summary>A slot that is taken.</summary>
    public readonly struct Slot(MemoryBudget slots) : IDisposable
    {
        /// <summary>Gives it back, once.</summary>
        public void Dispose() => slots.Release(1);
    }
}
