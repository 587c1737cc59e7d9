namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The lanes of a node. Their bounded queue provides backpressure: a parser that is faster than the database
/// waits.</summary>
sealed class CommitLanes : IAsyncDisposable
{
    readonly LaneQueue<PendingBatch> _queue;
    readonly LaneSettings _settings;
    readonly CancellationTokenSource _stop = new();
    readonly Task[] _running;

    /// <param name="settings">Their shared settings.</param>
    /// <param name="lanes">Number of connections.</param>
    /// <param name="queue">Maximum number of waiting batches.</param>
    public CommitLanes(LaneSettings settings, int lanes, int queue)
    {
        _settings = settings;
        _queue = new LaneQueue<PendingBatch>(queue, batch => batch.Lane);
        Count = lanes;
        _running = [.. Enumerable.Range(1, lanes).Select(n => Task.Run(() => RunAsync(n)))];
    }

    /// <summary>Number of connections.</summary>
    public int Count { get; }

    /// <summary>Batches that no lane has taken yet.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Hands over a sealed batch; the lanes own it until its <see cref="PendingBatch.Completion"/>.</summary>
    public ValueTask EnqueueAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        batch.EnqueuedAt = _settings.Time.GetTimestamp();
        return _queue.AddAsync(batch, cancellationToken);
    }

    /// <summary>Accepts no more batches, commits the waiting ones for at most <paramref name="grace"/>, then cancels.</summary>
    public async Task DrainAsync(TimeSpan grace)
    {
        _queue.Complete();
        _stop.CancelAfter(grace);
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
        _queue.Dispose();
    }

    async Task RunAsync(int number)
    {
        await using var lane = new CommitLane(number, _settings, _queue);
        try
        {
            await lane.RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            while (_queue.TryTakeAny(out var batch)) batch!.Abandon(new OperationCanceledException(_stop.Token));
        }
    }
}
