using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Grains;

/// <summary>Loads one claimed file, in turns of about a second, and deactivates when it is done.</summary>
/// <remarks>Each turn is a tick of a grain timer: to Orleans it is a call, so the activation counts as busy. A task in the
/// background would count as idle and could be collected in mid-file. Placed by <see cref="GrainFileWorkers"/>; the random
/// placement is for status calls. Immovable: not moved for balance; it migrates when its file belongs to another node.</remarks>
[GrainType("file"), RandomPlacement, Immovable]
sealed partial class FileGrain(
    [PersistentState("checkpoint", LedgerGrainStorage.Name)] IPersistentState<FileCheckpoint> checkpoint,
    LocalNodes local, CoordinatorWakeUps wakeUps, GrainSplitWorkers splits, ILogger<FileGrain> logger) : Grain, IFileGrain
{
    static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1); // a deactivation can happen only between turns
    static readonly TimeSpan Release = TimeSpan.FromSeconds(5); // Orleans gives a deactivation 30 s, a stop 9 s

    FileLoader? _loader;
    FileClaim? _next;
    int _ended;
    bool _isAbandoned;
    CancellationTokenSource? _turn;
    IGrainTimer? _timer;

    GrainKey Key => GrainKey.Parse(this.GetPrimaryKeyString());

    /// <summary>The node of the file's database; null if it has not been reached here.</summary>
    IngestNode? Node => local.Find(Key.Database)?.Running;

    public async Task<StartOutcome> StartAsync(FileClaim claim)
    {
        if (claim.Epoch < Known) return LeaveWith(StartOutcome.Stale);
        if (claim.Epoch == Working || claim.Epoch == _ended) return StartOutcome.Accepted;
        if (local.Draining.IsCancellationRequested) return LeaveWith(StartOutcome.Draining);
        if (Node is not { } node || claim.Owner != node.Id)
        {
            // The current loader is already fenced. It may be cut off from the database, and could then neither end nor report
            // its end for a long time.
            if (_loader is not null) await EndTurnAsync(abandon: true);
            // To the silo of the caller's placement hint. Deactivation would not suffice: callers whose directory cache names
            // this silo continue to call here, and the next activation would be created here.
            MigrateOnIdle();
            return StartOutcome.Elsewhere;
        }

        if (claim.Epoch != checkpoint.State.Epoch) await checkpoint.ReadStateAsync();
        // Claimed again since, or already finished: the claim was delayed on its way.
        if (claim.Epoch < Known || checkpoint.State.Status != "loading") return LeaveWith(StartOutcome.Stale);

        claim = claim with { Committed = checkpoint.State.Committed };
        node.Splits.Workers ??= splits.For(Key.Database, node.Id);
        if (_loader is null)
        {
            _loader = node.OpenLoader(claim);
        }
        else
        {
            // A turn may be in progress, and a loader is not safe for concurrent use: end the turn; the next one does the rest.
            LogReplaced(claim.Pipeline, claim.FileId.Value, _loader.Claim.Epoch, claim.Epoch);
            _next = claim;
            await EndTurnAsync(abandon: false);
        }

        _timer ??= this.RegisterGrainTimer(TickAsync,
            new GrainTimerCreationOptions(TimeSpan.Zero, Pause) { KeepAlive = true, Interleave = true });
        return StartOutcome.Accepted;
    }

    public Task<FileWork> GetStatusAsync()
    {
        if (_loader is { } loader)
            return Task.FromResult(new FileWork(local.Main.Node.Id.Value, loader.Claim.Epoch, true, loader.CommittedBytes));
        DeactivateOnIdle();
        return Task.FromResult(new FileWork(local.Main.Node.Id.Value, Known, false,
            checkpoint.State.Committed.Sum(r => r.Length)));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_loader is not { } loader) return;
        if (!_isAbandoned) await HandBackAsync(loader);
        await CloseAsync(loader);
        _loader = null;
    }

    Task CloseAsync(FileLoader loader)
    {
        var closing = Node!.CloseAsync(loader);
        if (!_isAbandoned) return closing;
        closing.Ignore(); // closing waits for batches that wait for the database, but the file must not wait for them
        return Task.CompletedTask;
    }

    async Task EndTurnAsync(bool abandon)
    {
        _isAbandoned |= abandon;
        if (_turn is not null) await _turn.CancelAsync();
    }

    int Working => _next?.Epoch ?? _loader?.Claim.Epoch ?? 0;

    int Known => Math.Max(checkpoint.State.Epoch, Working);

    async Task TickAsync(CancellationToken cancellationToken)
    {
        if (_loader is not { } loader) return;
        using var turn = _turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, local.Draining);
        try
        {
            // Off the grain's scheduler: reading and converting need a processor, and Orleans warns about long turns.
            if (_next is null && !_isAbandoned
                && await Task.Run(() => loader.StepAsync(Turn, turn.Token), turn.Token) == LoadStep.More) return;
        }
        catch (OperationCanceledException) when (turn.IsCancellationRequested)
        {
            if (_next is null && !_isAbandoned) await HandBackAsync(loader);
        }
        catch (Exception failure)
        {
            // Abandoned without a ledger entry: the node finds the file again among the claims that it does not know.
            LogFailed(loader.Claim.Pipeline, loader.Claim.File.Path, loader.Claim.FileId.Value, failure);
        }
        finally
        {
            _turn = null;
        }

        await CloseAsync(loader);
        _ended = loader.Claim.Epoch;
        (var next, _next) = (_next, null);
        _loader = next is null ? null : Node!.OpenLoader(next);
        if (_loader is not null) return;
        _timer?.Dispose();
        _timer = null;
        wakeUps.FileEnded(Key with { Name = loader.Claim.Pipeline });
        DeactivateOnIdle();
    }

    /// <summary>Lets another silo continue at once; if this fails, the death of this node releases the file.</summary>
    async Task HandBackAsync(FileLoader loader)
    {
        using var patience = new CancellationTokenSource(Release);
        try
        {
            await Task.Run(() => loader.ReleaseAsync(patience.Token), patience.Token);
        }
        catch (Exception failure)
        {
            LogNotHandedBack(loader.Claim.Pipeline, loader.Claim.FileId.Value, failure.Message);
        }
    }

    StartOutcome LeaveWith(StartOutcome outcome)
    {
        if (_loader is null) DeactivateOnIdle();
        return outcome;
    }
}
