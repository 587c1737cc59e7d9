using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace OrleansIngest.Grains;

/// <summary>In every silo: wakes the coordinators that do not run here, so that one whose silo is lost runs again as soon as the
/// cluster has noticed; returns claims that were lost on their way here; and starts the drain when the program stops.</summary>
sealed partial class CoordinatorKeeper(
    IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails silo, LocalNodes nodes, TimeProvider time,
    ILogger<CoordinatorKeeper> logger) : BackgroundService
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    // its silo was lost: it must run elsewhere as soon as possible
    static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2); // a call to a hung silo is answered after 30 s at the earliest
    const int LostClaimsEvery = 5; // periods
    const int ElsewhereEvery = 2; // a change of the members wakes it at once
    const int HereEvery = 30; // it reports its own end; this covers unforeseen cases

    readonly ConcurrentDictionary<GrainKey, bool> _unreachable = new();
    readonly ConcurrentDictionary<GrainKey, bool> _wasHere = new();
    volatile TaskCompletionSource _membersChanged = NewSignal();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // All coordinators must know first, or they would assign our files to us again.
        await Task.WhenAll(nodes.All.Select(local => SayDrainingAsync(local, cancellationToken)));
        nodes.Drain();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var watch = WatchMembersAsync(stoppingToken);
        // Each database separately: one that hangs must not stop the coordinators of another.
        var keeping = new Dictionary<LocalNode, Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var added = nodes.Added;
            foreach (var local in nodes.All.Where(n => !keeping.ContainsKey(n)))
                keeping.Add(local, KeepAsync(local, stoppingToken));
            await added.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll([watch, .. keeping.Values]);
    }

    async Task KeepAsync(LocalNode local, CancellationToken stoppingToken)
    {
        Task? before = null;
        for (var period = 1L; !stoppingToken.IsCancellationRequested; period++)
        {
            var changed = _membersChanged.Task;
            // A silo that is cut off from the database leaves the coordinators to the others,
            // until it has reached the database again.
            var isChange = changed != before;
            before = changed;
            if (!local.IsCutOff)
            {
                await Task.WhenAll(local.Pipelines.Where(p => isChange || IsTurnOf(local, p, period))
                    .Select(p => WakeAsync(local, new GrainKey(local.Database, p), stoppingToken)));
            }

            if (local.Running is not null && (local.IsCutOff || period % LostClaimsEvery == 0))
                await ReleaseLostClaimsAsync(local, stoppingToken);
            using var nap = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(Task.Delay(_unreachable.IsEmpty ? Period : Retry, time, nap.Token), changed);
            await nap.CancelAsync();
        }
    }

    bool IsTurnOf(LocalNode local, string pipeline, long period)
    {
        var key = new GrainKey(local.Database, pipeline);
        var isHere = local.Coordinates(pipeline);
        return _unreachable.ContainsKey(key) || !_wasHere.TryGetValue(key, out var before) || before != isHere
            || period % (isHere ? HereEvery : ElsewhereEvery) == 0;
    }

    async Task SayDrainingAsync(LocalNode local, CancellationToken cancellationToken)
    {
        if (local.Running is not { } node) return;
        try
        {
            await node.DrainAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception failure)
        {
            LogDrainUnknown(failure.Message);
        }
    }

    /// <summary>A lost silo may have had a coordinator: it is activated elsewhere as soon as Orleans
    /// has declared the silo dead.</summary>
    async Task WatchMembersAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(stoppingToken))
                Interlocked.Exchange(ref _membersChanged, NewSignal()).SetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program is stopping.
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task ReleaseLostClaimsAsync(LocalNode local, CancellationToken cancellationToken)
    {
        try
        {
            await local.Node.ReleaseLostClaimsAsync(cancellationToken);
            local.IsCutOff = false;
        }
        catch (Exception failure)
        {
            if (!cancellationToken.IsCancellationRequested && !local.IsCutOff) LogFailed(failure.Message);
        }
    }

    async Task WakeAsync(LocalNode local, GrainKey pipeline, CancellationToken cancellationToken)
    {
        try
        {
            // where it moves from a silo that no longer has the pipeline
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
            await grains.GetGrain<ICoordinatorGrain>($"{pipeline}").EnsureRunningAsync().WaitAsync(Patience, time,
                cancellationToken);
            _wasHere[pipeline] = local.Coordinates(pipeline.Name);
            if (_unreachable.Remove(pipeline, out _)) LogRunning($"{pipeline}");
        }
        catch (Exception failure)
        {
            if (!cancellationToken.IsCancellationRequested && _unreachable.TryAdd(pipeline, true))
                LogNotRunning($"{pipeline}", failure.Message);
        }
    }
}
