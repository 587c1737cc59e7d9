using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>One connection that takes all waiting batches, from one file or from hundreds, and commits them in one transaction,
/// so that small files share an fsync.</summary>
sealed class CommitLane(int number, LaneSettings settings, LaneQueue<PendingBatch> queue) : IAsyncDisposable
{
    /// <summary>A merge of several batches must determine the batch of each row: beyond this size that
    /// costs more than a COMMIT.</summary>
    const long MostMergedBytes = 512 << 10;

    NpgsqlConnection? _connection;
    CommitTransaction? _transaction;

    /// <summary>Runs until the queue is completed and empty, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TryConnectAsync(cancellationToken);
        var group = new List<PendingBatch>();
        while (await queue.TakeAsync(number, cancellationToken) is (true, { } first))
        {
            group.Clear();
            group.Add(first);
            var bytes = first.Rows.Length + first.Rows.SideBytes;
            var most = first.Plan.Merge is null ? settings.GroupBytes : Math.Min(settings.GroupBytes, MostMergedBytes);
            while (group.Count < settings.GroupBatches && bytes < most && queue.TryTakeMore(number, out var batch))
            {
                group.Add(batch!);
                bytes += batch!.Rows.Length + batch.Rows.SideBytes;
            }

            settings.Telemetry.Begin();
            try
            {
                await CommitAsync([.. group], cancellationToken);
            }
            catch (Exception failure)
            {
                foreach (var batch in group) batch.Abandon(failure);
                if (failure is OperationCanceledException) throw;
            }
            finally
            {
                settings.Telemetry.End();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    /// <summary>Commits a group, so that every batch has its outcome. Only waiting for an
    /// unavailable server is unbounded.</summary>
    async Task CommitAsync(PendingBatch[] group, CancellationToken cancellationToken)
    {
        var recovery = new CommitRecovery();
        while (true)
        {
            var (failure, stage) = await TryCommitAsync(group, recovery, cancellationToken);
            if (failure is null) return;
            await TryRollBackAsync(cancellationToken);
            var kind = FailureClassifier.Classify(failure, stage);
            if (FailureClassifier.MayBeStale(kind, failure))
            {
                var rest = await AnswerStaleAsync(group, hasLostKey: MergePlan.SaysNoKey(failure), cancellationToken);
                if (rest.Length == 0) return;
                if (rest.Length < group.Length) (group, recovery) = (rest, new CommitRecovery());
            }

            // Fenced: the batch has its answer.
            if (kind == FailureClass.Fence) Array.ForEach(group, batch => batch.CommitTried = false);
            var before = recovery.Delivery;
            switch (recovery.Next(kind, failure, stage, group.Length))
            {
                case CommitStep.WaitForServer:
                    settings.Health.Lost(failure);
                    settings.Telemetry.Retried(RetryCause.Database);
                    await settings.Health.BackOffAsync(recovery.Waits - 1, cancellationToken);
                    break;
                case CommitStep.Wait:
                    settings.Telemetry.Retried(RetryCause.Transient);
                    await settings.Health.BackOffAsync(recovery.Waits - 1, cancellationToken);
                    break;
                case CommitStep.Retry:
                    settings.Telemetry.Retried(recovery.Delivery != before ? RetryCause.Rows
                        : kind == FailureClass.Stale ? RetryCause.Table : RetryCause.Fence);
                    break;
                case CommitStep.Split:
                    settings.Telemetry.Retried(RetryCause.Group);
                    foreach (var batch in group) await CommitAsync([batch], cancellationToken);
                    return;
                default:
                    group[0].Answer(new CommitOutcome(CommitKind.Refused, failure));
                    return;
            }
        }
    }

    /// <summary>One attempt. Null when every batch has its answer.</summary>
    async Task<(Exception? Failure, CommitStage Stage)> TryCommitAsync(
        PendingBatch[] group, CommitRecovery recovery, CancellationToken cancellationToken)
    {
        var isConnected = false;
        try
        {
            await ConnectAsync(cancellationToken);
            isConnected = true;
            _transaction!.Prepare();
            foreach (var batch in group)
            {
                await DeferredRows.ResolveAsync(_connection!, batch.Rows, cancellationToken);
                await ComputedRows.ResolveAsync(_connection!, batch.Rows, batch.Input, cancellationToken);
            }

            var verdicts = await _transaction.CommitAsync(group, recovery.AskFirst, recovery.Delivery, recovery.Known,
                cancellationToken);
            settings.Health.Reached();
            settings.Telemetry.Committed(group, verdicts, _transaction);
            for (var i = 0; i < group.Length; i++) Answer(group[i], verdicts[i]);
            return (null, default);
        }
        catch (Exception caught) when (caught is not OperationCanceledException)
        {
            return (caught, isConnected ? _transaction!.Stage : CommitStage.Preparing);
        }
    }

    /// <summary>Returns the batches whose tables have changed, or have lost the unique index of their merges, to be encoded
    /// again. Opens new sessions, which have the settings that the loader reads, if these have changed.</summary>
    /// <returns>The others.</returns>
    async Task<PendingBatch[]> AnswerStaleAsync(PendingBatch[] group, bool hasLostKey, CancellationToken cancellationToken)
    {
        ShapedTable[] tables = [.. group.Select(b => b.Plan.MadeFor).OfType<ShapedTable>().Distinct()];
        HashSet<ShapedTable> changed = hasLostKey
            ? [.. group.Where(b => b.Plan.Merge is not null).Select(b => b.Plan.MadeFor).OfType<ShapedTable>()] : [];
        try
        {
            // Npgsql closes the connection after some codes, although the session was alive
            await ConnectAsync(cancellationToken);
            changed.UnionWith(await TableShape.ChangedAsync(_connection!, tables, cancellationToken));
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException)
        {
            return group; // the next attempt will fail in the same way
        }

        if (changed.Count == 0) return group;
        settings.Telemetry.Retried(RetryCause.Table);
        settings.DataSource.Clear();
        await _connection!.DisposeAsync();
        _connection = null;
        var isStale = group.ToLookup(b => b.Plan.MadeFor is { } table && changed.Contains(table));
        foreach (var batch in isStale[true]) batch.Answer(new CommitOutcome(CommitKind.Stale));
        return [.. isStale[false]];
    }

    void Answer(PendingBatch batch, FenceVerdict verdict)
    {
        if (verdict == FenceVerdict.Open) settings.OnCommitted(batch);
        var finished = batch.FileEnd is null || verdict != FenceVerdict.Open ? null
            : _transaction!.LastFinished.Where(f => f.FileId == batch.Claim.FileId).Select(f => (FileTotals?)f.Totals)
                .SingleOrDefault();
        batch.Answer(new CommitOutcome(verdict == FenceVerdict.Fenced ? CommitKind.Fenced : CommitKind.Committed,
            Finished: finished));
    }

    /// <summary>Connects before there is anything to commit, so that the first file does not wait for it. If this fails, the
    /// first batch tries again.</summary>
    async Task TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConnectAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            settings.Health.Lost(failure);
            return;
        }

        if (settings.WarmsUp) await TryWarmUpAsync(cancellationToken);
    }

    /// <summary>If this fails, the first commit shows why.</summary>
    async Task TryWarmUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _transaction!.WarmUpAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            await TryRollBackAsync(cancellationToken);
        }
    }

    async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { State: System.Data.ConnectionState.Open }) return;
        if (_connection is not null) await _connection.DisposeAsync();
        _connection = null;
        _connection = await settings.DataSource.OpenConnectionAsync(cancellationToken);
        _transaction = new CommitTransaction(_connection, settings.Node, number, settings.Time);
    }

    async Task TryRollBackAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { State: System.Data.ConnectionState.Open }) return;
        try
        {
            await _transaction!.RollBackAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or IOException)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
