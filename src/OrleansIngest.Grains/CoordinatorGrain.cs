using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Hosts the Engine's <see cref="Coordinator"/> in the cluster, and stores the operators' orders to it.</summary>
/// <remarks>Each round, with the wait before it, is a tick of a grain timer, and interleaves, so that calls are answered during a
/// round. Placed on the silo of the first caller, whose configuration certainly contains the pipeline.</remarks>
[GrainType("coordinator"), PreferLocalPlacement, Immovable, KeepAlive]
sealed partial class CoordinatorGrain(
    [PersistentState("operator", OperatorState.Store)] IPersistentState<OperatorState> operators,
    LocalNodes nodes, GrainFileWorkers workers, TimeProvider time, ILogger<CoordinatorGrain> logger) : Grain, ICoordinatorGrain,
        IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1); // a deactivation can happen only between rounds
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    const int FailuresBeforeMove = 3;

    readonly CancellationTokenSource _stop = new();
    Coordinator? _coordinator;
    TimeSpan _wait;
    long _rounds;
    int _failures;
    string? _failure;

    GrainKey Key => GrainKey.Parse(this.GetPrimaryKeyString());

    string Pipeline => Key.Name;

    /// <summary>Null when this silo does not know the pipeline's database, for example because its configuration is
    /// older.</summary>
    LocalNode? Local => nodes.Find(Key.Database);

    IngestNode Node => Local?.Node ?? throw new KeyNotFoundException($"This silo has no database {Key.Database}.");

    public Task EnsureRunningAsync()
    {
        if (Local?.Running?.OptionsOf(Pipeline) is null)
        {
            // To the calling silo, which has the pipeline. Deactivation would not suffice: callers whose directory cache names
            // this silo continue to call here, and the next activation would be created here.
            MigrateOnIdle();
            return Task.CompletedTask;
        }

        if (_coordinator is not null) return Task.CompletedTask;
        _coordinator = Node.CreateCoordinator(Pipeline, workers.For(Key.Database));
        Local.Began(Pipeline, this);
        this.RegisterGrainTimer(TickAsync,
            new GrainTimerCreationOptions(TimeSpan.Zero, Pause) { KeepAlive = true, Interleave = true });
        LogStarted($"{Key}", nodes.Main.Node.Id.Value, operators.State.Paused);
        return Task.CompletedTask;
    }

    public Task WakeAsync()
    {
        _coordinator?.Wake();
        return Task.CompletedTask;
    }

    public Task PauseAsync(string who) => OrderAsync((ledger, token) => ledger.SetPausedAsync(Pipeline, true, who, null, token));

    public Task ResumeAsync(string who) =>
        OrderAsync((ledger, token) => ledger.SetPausedAsync(Pipeline, false, who, null, token));

    public Task SetLimitsAsync(int? maxInFlight, int priority, string who) =>
        OrderAsync((ledger, token) => ledger.SetLimitsAsync(Pipeline, maxInFlight, priority, who, token));

    public Task<CoordinatorStatus> GetStatusAsync()
    {
        var round = _coordinator?.LastRound ?? default;
        return Task.FromResult(new CoordinatorStatus(
            nodes.Main.Node.Id.Value, operators.State.Paused, operators.State.PausedBy, _rounds, round.Settling,
            round.Claimed, _failure,
            operators.State.MaxInFlight, operators.State.Priority));
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Local?.Ended(Pipeline, this);
        return _stop.CancelAsync();
    }

    /// <summary>Called by Orleans after the deactivation.</summary>
    public void Dispose()
    {
        _coordinator?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Writes the ledger first: it is authoritative, and visible to programs outside the cluster.</summary>
    async Task OrderAsync(Func<PipelineLedger, CancellationToken, Task<OrderOutcome>> give)
    {
        var ledger = new PipelineLedger(Node.LedgerSource);
        var (outcome, orders) = await Task.Run(
            async () => (await give(ledger, CancellationToken.None), await ledger.OrdersAsync(Pipeline, CancellationToken.None)));
        if (outcome == OrderOutcome.NoSuchPipeline || orders is null)
            throw new KeyNotFoundException($"The ledger has no pipeline {Pipeline}.");
        await RememberAsync(orders);
        _coordinator?.Wake();
    }

    async Task RememberAsync(PipelineOrders orders)
    {
        var state = OperatorState.Of(orders);
        if (operators.State == state) return;
        try
        {
            operators.State = state;
            await operators.WriteStateAsync();
            LogOrders($"{Key}", orders.Paused, orders.PausedBy, orders.MaxInFlight, orders.Priority);
        }
        catch (Exception failure)
        {
            LogNotRemembered($"{Key}", failure.Message);
            // another writer changed it, or an answer was lost: with the new ETag the next round succeeds
            await operators.ReadStateAsync();
        }
    }

    async Task TickAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token, nodes.Draining);
        try
        {
            if (!_coordinator!.IsCurrent && !FollowConfiguration()) return;
            await Task.Run(() => RoundAsync(_coordinator!, stop.Token), stop.Token);
            if (_failures == 0) await FollowLedgerAsync(_coordinator!.Orders);
            if (_failures < FailuresBeforeMove) return;
            // The database may be unavailable to all silos, or to this one alone. The keepers of the others find out.
            Local!.IsCutOff = true;
            DeactivateOnIdle();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This silo stops: deactivate, so that another silo can take over before this one is gone.
            DeactivateOnIdle();
        }
    }

    /// <summary>Between two rounds, if the pipeline's configuration here has changed: creates another coordinator, or none. A
    /// silo that still has the pipeline creates one as soon as this grain is gone.</summary>
    bool FollowConfiguration()
    {
        if (Node.OptionsOf(Pipeline) is null)
        {
            LogRemoved($"{Key}", nodes.Main.Node.Id.Value);
            Local!.Ended(Pipeline, this);
            DeactivateOnIdle();
            return false;
        }

        var before = _coordinator;
        _coordinator = Node.CreateCoordinator(Pipeline, workers.For(Key.Database));
        before?.Dispose();
        _wait = TimeSpan.Zero;
        LogReconfigured($"{Key}", nodes.Main.Node.Id.Value);
        return true;
    }

    /// <summary>Adopts orders that were given only through the ledger. One may have been given through this grain since the round
    /// began, so the ledger is read again.</summary>
    async Task FollowLedgerAsync(PipelineOrders orders)
    {
        if (operators.State == OperatorState.Of(orders)) return;
        var ledger = new PipelineLedger(Node.LedgerSource);
        try
        {
            if (await Task.Run(() => ledger.OrdersAsync(Pipeline, CancellationToken.None)) is { } now) await RememberAsync(now);
        }
        catch (Exception failure)
        {
            LogNotRemembered($"{Key}", failure.Message);
        }
    }

    async Task RoundAsync(Coordinator coordinator, CancellationToken cancellationToken)
    {
        try
        {
            if (_wait > TimeSpan.Zero) await coordinator.WaitAsync(_wait, cancellationToken);
            _wait = await coordinator.RunRoundAsync(cancellationToken);
            _rounds++;
            if (_failure is not null) LogRecovered($"{Key}");
            _failure = null;
            _failures = 0;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (_failure is null) LogFailed($"{Key}", failure.Message, failure is DbException ? null : failure);
            _failure = failure.Message;
            _failures++;
            _wait = TimeSpan.Zero;
            await Task.Delay(AfterFailure, time, cancellationToken);
        }
    }
}
