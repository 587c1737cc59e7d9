using Orleans.Concurrency;
using Orleans.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Grains;

/// <summary>Loads splits of one file on one silo, for as long as the owner's plan lasts. Placed by
/// <see cref="GrainSplitWorkers"/>; one that comes to be on another silo refuses. If the activation is lost, so is what it knew:
/// the owner of the file then ends its claim.</summary>
[GrainType("split"), RandomPlacement, Immovable, Reentrant]
sealed class SplitGrain(LocalNodes local, TimeProvider time) : Grain, ISplitGrain
{
    /// <summary>Shorter than the time after which Orleans gives up a call.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;

    readonly Dictionary<long, Task<SplitResult>> _splits = [];
    SplitLoader? _loader;

    GrainKey Key => GrainKey.Parse(this.GetPrimaryKeyString());

    IngestNode? Node =>
        local.Find(Key.Database)?.Running is { } node && node.Id == SplitKey.Parse(Key.Name).Node ? node : null;

    public async Task<string?> OpenAsync(SplitSource source)
    {
        await TakeAsync(null);
        if (Node is not { } node) return LeaveWith("it is no longer a silo of the cluster");
        if (local.Draining.IsCancellationRequested) return LeaveWith("the silo is about to stop");
        var (loader, refusal) = await Task.Run(() => node.Splits.OpenAsync(source, local.Draining), local.Draining);
        if (loader is null) return LeaveWith(refusal!);
        await TakeAsync(loader);
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
        await ((Task)loading).WaitAsync(LongestWait, time).ConfigureAwait(Quietly);
        return !loading.IsCompleted ? new SplitReport(SplitState.Running)
            : loading.IsCompletedSuccessfully ? new SplitReport(SplitState.Ended, await loading)
            : new SplitReport(SplitState.Unknown);
    }

    public async Task CloseAsync()
    {
        await TakeAsync(null);
        DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => TakeAsync(null);

    /// <summary>Closes the loader that is there, for another one or for none. Calls that open the file may overlap: the owner
    /// asks again if an answer takes long.</summary>
    async Task TakeAsync(SplitLoader? next)
    {
        (var loader, _loader) = (_loader, next);
        if (loader is null || Node is not { } node) return;
        var closing = node.Splits.CloseAsync(loader);
        // It waits for batches that wait for the database: those are somebody else's business now.
        await closing.WaitAsync(LongestWait, time).ConfigureAwait(Quietly);
        closing.Ignore();
    }

    string LeaveWith(string refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }
}
