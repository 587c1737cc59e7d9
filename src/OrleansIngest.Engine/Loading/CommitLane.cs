using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>One connection that takes whatever batches wait, from one file or from hundreds, and commits them in one transaction, so that
/// a small file does not cost an fsync of its own.</summary>
sealed class CommitLane(int number, LaneSettings settings, LaneQueue<RowBatch> queue) : IAsyncDisposable
{
    NpgsqlConnection? _connection;
    CommitTransaction? _transaction;

    /// <summary>Runs until the queue is completed and empty, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TryConnectAsync(cancellationToken);
        var group = new List<RowBatch>();
        while (await queue.TakeAsync(number, cancellationToken) is (true, { } first))
        {
            group.Clear();
            group.Add(first);
            var bytes = first.Length + first.SideBytes;
            while (group.Count < settings.GroupBatches && bytes < settings.GroupBytes && queue.TryTakeMore(number, out var batch))
            {
                group.Add(batch!);
                bytes += batch!.Length + batch.SideBytes;
            }

            settings.Telemetry.Begin();
            try
            {
                await CommitAsync([.. group], isolate: false, cancellationToken);
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

    /// <summary>Commits a group, for as long as it takes; then every batch has its outcome.</summary>
    async Task CommitAsync(RowBatch[] group, bool isolate, CancellationToken cancellationToken)
    {
        var askFirst = false;
        for (var attempt = 0; ; attempt++)
        {
            Exception failure;
            try
            {
                await ConnectAsync(cancellationToken);
                foreach (var batch in group) await DeferredRows.ResolveAsync(_connection!, batch, cancellationToken);
                var verdicts = await _transaction!.CommitAsync(group, askFirst, isolate, cancellationToken);
                settings.Health.Reached();
                settings.Telemetry.Committed(group, verdicts, _transaction);
                for (var i = 0; i < group.Length; i++) Answer(group[i], verdicts[i]);
                return;
            }
            catch (Exception caught) when (caught is not OperationCanceledException)
            {
                failure = caught;
            }

            // What has cost the connection, or did not get one, is no file's fault, whatever it calls itself.
            var kind = _connection is { State: System.Data.ConnectionState.Open } ? FailureClassifier.Classify(failure) : FailureClass.Wait;
            await TryRollBackAsync(cancellationToken);
            switch (kind)
            {
                case FailureClass.Wait:
                    settings.Health.Lost(failure);
                    settings.Telemetry.Retried("database");
                    await settings.Health.BackOffAsync(attempt, cancellationToken);
                    continue;
                case FailureClass.Fence:
                    settings.Telemetry.Retried("fence");
                    askFirst = true;
                    foreach (var batch in group) batch.CommitTried = false; // the answer has come: not committed
                    continue;
                case var _ when group.Length > 1:
                    settings.Telemetry.Retried("group");
                    foreach (var batch in group) await CommitAsync([batch], isolate: false, cancellationToken);
                    return;
                case FailureClass.Row when !isolate:
                    isolate = true;
                    settings.Telemetry.Retried("rows");
                    continue;
                default:
                    group[0].Answer(new CommitOutcome(CommitKind.Refused, failure));
                    return;
            }
        }
    }

    void Answer(RowBatch batch, FenceVerdict verdict)
    {
        if (verdict == FenceVerdict.Open) settings.OnCommitted(batch);
        batch.Answer(new CommitOutcome(verdict == FenceVerdict.Fenced ? CommitKind.Fenced : CommitKind.Committed));
    }

    /// <summary>Connects before there is anything to commit, so that the first file does not wait for it. When that fails, the first batch tries again.</summary>
    async Task TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConnectAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            settings.Health.Lost(failure);
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
