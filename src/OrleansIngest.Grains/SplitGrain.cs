using Orleans.Concurrency;
using Orleans.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Grains;

/// <summary>Loads splits of one file on one silo, for as long as the claim lasts. Placed by <see cref="GrainSplitWorkers"/>; one
/// that comes to be on another silo refuses. If the activation is lost, so is what it knew: the owner of the file then ends its
/// claim.</summary>
[GrainType("split"), RandomPlacement, Immovable, Reentrant]
sealed class SplitGrain(LocalNodes local, TimeProvider time) : Grain, ISplitGrain
{
    /// <summary>Shorter than the time after which Orleans gives up a call.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    readonly Dictionary<long, Task<SplitResult>> _splits = [];
    SplitLoader? _loader;

    GrainKey Key => GrainKey.Parse(this.GetPrimaryKeyString());

    IngestNode? Node =>
        local.Find(Key.Database)?.Running is { } node && node.Id == SplitKey.Parse(Key.Name).Node ? node : null;

    public async Task<string?> OpenAsync(SplitSource source)
    {
        await CloseLoaderAsync();
        if (Node is not { } node) return LeaveWith("it is not a silo of the cluster any more");
        if (local.Draining.IsCancellationRequested) return LeaveWith("the silo is about to stop");
        var (loader, refusal) = await Task.Run(() => node.Splits.OpenAsync(source, local.Draining), local.Draining);
        if (loader is null) return LeaveWith(refusal!);
        _loader = loader;
        return null;
    }

    public Task StartAsync(FileSplit split)
    {
        var loader = _loader ?? throw new InvalidOperationException("the file is not open here");
        // Once: a message that comes twice must not load anything twice.
        if (!_splits.ContainsKey(split.Start))
            _splits.Add(split.Start, Task.Run(() => loader.LoadAsync(split, local.Draining)));
        return Task.CompletedTask;
    }

    public async Task<SplitReport> WaitAsync(long start)
    {
        if (!_splits.TryGetValue(start, out var loading)) return new SplitReport(SplitState.Unknown);
        await ((Task)loading).WaitAsync(LongestWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !loading.IsCompleted ? new SplitReport(SplitState.Running)
            : loading.IsCompletedSuccessfully ? new SplitReport(SplitState.Ended, await loading)
            : new SplitReport(SplitState.Unknown);
    }

    public async Task CloseAsync()
    {
        await CloseLoaderAsync();
        DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => CloseLoaderAsync();

    async Task CloseLoaderAsync()
    {
        if (_loader is not { } loader || Node is not { } node) return;
        _loader = null;
        var closing = node.Splits.CloseAsync(loader);
        // It waits for batches that wait for the database: those are somebody else's business now.
        await closing.WaitAsync(LongestWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Ignore();
    }

    string LeaveWith(string refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }
}
