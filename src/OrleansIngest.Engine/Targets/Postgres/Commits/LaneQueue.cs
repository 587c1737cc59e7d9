namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>
/// Items that wait for the lanes, in order of arrival. A lane takes unowned items and its own; only if there are none, it takes
/// those of a file that another lane has begun. So the batches of a file mostly stay on one connection, in order: two connections
/// that insert ascending keys of one file concurrently wait for each other's index pages (6 % of a load with three indexes,
/// 2026-11-25).
/// </summary>
/// <remarks>Bounded: a parser that is faster than the database waits. Safe for concurrent use.</remarks>
/// <param name="capacity">Maximum number of waiting items.</param>
/// <param name="laneOf">The lane of an item's file; the same object for all items of the file.</param>
sealed class LaneQueue<T>(int capacity, Func<T, FileLane> laneOf) : IDisposable
{
    readonly Lock _lock = new();
    readonly LinkedList<T> _items = new();
    readonly SemaphoreSlim _room = new(capacity);
    readonly SemaphoreSlim _filled = new(0); // one for each item, and one that remains when the queue is complete
    bool _completed;

    /// <summary>Number of waiting items.</summary>
    public int Count { get { lock (_lock) return _items.Count; } }

    /// <summary>Adds an item as soon as there is room.</summary>
    /// <exception cref="InvalidOperationException">The queue was completed.</exception>
    public async ValueTask AddAsync(T item, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (_completed)
            {
                _room.Release(); // wakes the next waiter too
                throw new InvalidOperationException("the lanes accept no more batches");
            }

            _items.AddLast(item);
        }

        _filled.Release();
    }

    /// <summary>Waits for an item and takes it.</summary>
    /// <param name="lane">The calling lane, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the queue is completed and empty.</returns>
    public async ValueTask<(bool Found, T? Item)> TakeAsync(int lane, CancellationToken cancellationToken)
    {
        await _filled.WaitAsync(cancellationToken).ConfigureAwait(false);
        return (TryRemove(lane, alsoOfOthers: true, out var item), item);
    }

    /// <summary>Takes another item that is unowned or belongs to the lane, if there is one.</summary>
    public bool TryTakeMore(int lane, out T? item)
    {
        item = default;
        return _filled.Wait(0) && TryRemove(lane, alsoOfOthers: false, out item);
    }

    /// <summary>Takes any item, without an owner.</summary>
    public bool TryTakeAny(out T? item)
    {
        item = default;
        return _filled.Wait(0) && TryRemove(lane: 0, alsoOfOthers: true, out item);
    }

    /// <summary>Completes the queue; waiting items are still taken.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_completed) return;
            _completed = true;
        }

        _filled.Release();
    }

    public void Dispose()
    {
        _room.Dispose();
        _filled.Dispose();
    }

    /// <summary>Consumes or returns the slot that the caller has taken from <see cref="_filled"/>.</summary>
    bool TryRemove(int lane, bool alsoOfOthers, out T? item)
    {
        lock (_lock)
        {
            var node = _items.First;
            while (node is not null && laneOf(node.Value).Number is var owner && owner != 0 && owner != lane) node = node.Next;
            if (node is null && alsoOfOthers) node = _items.First;
            if (node is not null)
            {
                item = node.Value;
                var file = laneOf(item);
                if (file.Number == 0) file.Number = lane;
                _items.Remove(node);
                _room.Release();
                return true;
            }
        }

        item = default;
        _filled.Release();
        return false;
    }
}
