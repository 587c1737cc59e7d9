using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Pacing;

/// <summary>Enforces <c>maxRowsPerSecond</c> and <c>maxBytesPerSecond</c>, which apply to the whole cluster: each node with
/// files of the pipeline in progress gets an equal share, and reads the number of such nodes from the ledger every
/// second.</summary>
sealed class PipelinePace
{
    static readonly TimeSpan ShareHolds = TimeSpan.FromSeconds(1);

    readonly TokenBucket? _rows;
    readonly TokenBucket? _bytes;
    readonly Func<CancellationToken, Task<int>> _nodesAtWork;
    readonly TimeProvider _time;
    long _sharedAt;
    TaskCompletionSource _givenBack = new(TaskCreationOptions.RunContinuationsAsynchronously);

    PipelinePace(PipelineOptions options, Func<CancellationToken, Task<int>> nodesAtWork, TimeProvider time)
    {
        _rows = options.MaxRowsPerSecond > 0 ? new TokenBucket(options.MaxRowsPerSecond, time) : null;
        _bytes = options.MaxBytesPerSecond > 0 ? new TokenBucket(options.MaxBytesPerSecond, time) : null;
        (_nodesAtWork, _time) = (nodesAtWork, time);
    }

    /// <summary>The pace of a pipeline; null for one without a limit.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="nodesAtWork">Number of nodes with files of it in progress.</param>
    /// <param name="time">Its clock.</param>
    public static PipelinePace? Of(PipelineOptions options, Func<CancellationToken, Task<int>> nodesAtWork, TimeProvider time) =>
        options.IsPaced ? new PipelinePace(options, nodesAtWork, time) : null;

    /// <summary>The options with batches of at most one second's worth, so that rows do not arrive in bursts.</summary>
    public static PipelineOptions Smooth(PipelineOptions options)
    {
        if (!options.IsPaced) return options;
        var copy = PipelineJson.Read(PipelineJson.Write(options));
        if (copy.MaxRowsPerSecond > 0) copy.BatchRecords = (int)Math.Min(copy.BatchRecords, copy.MaxRowsPerSecond);
        if (copy.MaxBytesPerSecond > 0)
            copy.BatchBytes = (int)Math.Min(copy.BatchBytes, Math.Max(copy.MaxBytesPerSecond, 64 << 10));
        return copy;
    }

    /// <summary>Waits for permits for a full batch, and takes them. The caller must not hold anything that others
    /// need.</summary>
    /// <param name="batch">The maximum size.</param>
    /// <param name="turn">Ends the wait; then nothing is taken.</param>
    public async Task TakeAsync(Amount batch, CancellationToken turn)
    {
        while (true)
        {
            await ShareAsync(turn);
            // before the check, so that permits returned in between are not missed
            var givenBack = Volatile.Read(ref _givenBack).Task;
            var wait = _rows?.TryTake(batch.Rows) ?? TimeSpan.Zero;
            if (wait == TimeSpan.Zero)
            {
                wait = _bytes?.TryTake(batch.Bytes) ?? TimeSpan.Zero;
                if (wait == TimeSpan.Zero) return;
                _rows?.Correct(-batch.Rows);
            }

            // Permits for a full batch are taken before its size is known: a small file returns
            // the rest at once, for the next one.
            if (wait > ShareHolds) wait = ShareHolds;
            await givenBack.WaitAsync(wait, _time, turn).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            turn.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Returns the permits that a batch did not need.</summary>
    public void Settle(Amount taken, Amount used)
    {
        _rows?.Correct(used.Rows - taken.Rows);
        _bytes?.Correct(used.Bytes - taken.Bytes);
        if (used.Rows >= taken.Rows && used.Bytes >= taken.Bytes) return;
        Interlocked.Exchange(ref _givenBack, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    async Task ShareAsync(CancellationToken turn)
    {
        var last = Volatile.Read(ref _sharedAt);
        var now = _time.GetTimestamp();
        if (last != 0 && _time.GetElapsedTime(last, now) < ShareHolds) return;
        if (Interlocked.CompareExchange(ref _sharedAt, now, last) != last) return; // another caller asks
        var share = 1.0 / Math.Max(1, await _nodesAtWork(turn));
        if (_rows is not null) _rows.Share = share;
        if (_bytes is not null) _bytes.Share = share;
    }

    /// <summary>The permits of a batch.</summary>
    /// <param name="Rows">Records, rejected ones included.</param>
    /// <param name="Bytes">Encoded bytes, as sent to the database.</param>
    internal readonly record struct Amount(long Rows, long Bytes);
}
