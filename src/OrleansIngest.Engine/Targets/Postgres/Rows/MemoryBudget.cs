namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>
/// Bounds the bytes of batches that exist at once in a node: a reader that wants to fill a batch waits until there is room. This
/// is the only place that enforces the bound. A batch whose rows outgrow its reservation (short texts become eight-byte numbers)
/// takes the rest without waiting, because it could not return what it has. So the memory of loading is at most that of
/// <see cref="SharedMemory"/>, plus, per parser, a read buffer and the growth of one batch.
/// </summary>
sealed class MemoryBudget
{
    readonly SharedMemory _memory;
    readonly Queue<(long Bytes, TaskCompletionSource Turn)> _waiting = new();
    long _used;

    internal MemoryBudget(SharedMemory memory) => _memory = memory;

    /// <summary>A budget that is not shared.</summary>
    public static MemoryBudget Of(long capacity) => new SharedMemory(capacity).Join();

    /// <summary>Bytes in use.</summary>
    public long Used { get { lock (_memory.Lock) return _used; } }

    /// <summary>The same, under the memory's lock.</summary>
    internal long Taken => _used;

    /// <summary>Takes bytes, in order of requests; a request above the whole capacity is granted alone.</summary>
    public Task AcquireAsync(long bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_memory.Lock)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return Task.CompletedTask;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, turn));
        }

        return WaitAsync(turn, cancellationToken);
    }

    /// <summary>Takes bytes that a batch needs beyond its reservation: at once, so that the next
    /// reservation waits longer.</summary>
    public void Extend(long bytes)
    {
        lock (_memory.Lock) _used += bytes;
    }

    /// <summary>Returns bytes.</summary>
    public void Release(long bytes)
    {
        lock (_memory.Lock)
        {
            _used -= bytes;
            _memory.LetIn();
        }
    }

    static async Task WaitAsync(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }

    /// <summary>Grants waiting requests that fit, in order. Under the memory's lock.</summary>
    internal void LetIn()
    {
        while (_waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || Fits(next.Bytes)))
        {
            _waiting.Dequeue();
            if (next.Turn.TrySetResult()) _used += next.Bytes;
        }
    }

    bool Fits(long bytes) => _memory.Fits(this, bytes);
}
