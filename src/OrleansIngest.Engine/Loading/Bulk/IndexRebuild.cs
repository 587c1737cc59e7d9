using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>Rebuilds dropped indexes, in several sessions. Each is built in its own transaction, which locks the row
/// of its definition and deletes it: a killed process leaves either the definition or the index, and two nodes never build
/// the same one.</summary>
/// <param name="dataSource">Connections whose statements take as long as they need.</param>
/// <param name="ledger">Records failures.</param>
/// <param name="node">This node.</param>
/// <param name="health">Waits for an unavailable database.</param>
/// <param name="time">For durations.</param>
/// <param name="logger">Logs each index.</param>
public sealed class IndexRebuild(
    NpgsqlDataSource dataSource, DroppedIndexLedger ledger, NodeId node, DatabaseHealth health, TimeProvider time, ILogger logger)
{
    /// <summary>Number of sessions that may be added to those of <see cref="RunAsync"/>.</summary>
    public const int Spare = 1;

    /// <summary>Number of sessions that a build may lose before the index counts as the cause.</summary>
    const int MostLost = 3;

    readonly ConcurrentDictionary<int, string> _building = new();

    /// <summary>The indexes being built here: names by server process.</summary>
    public IReadOnlyDictionary<int, string> Building => _building;

    /// <summary>Builds the indexes that this node dropped, and those that no unfinished load holds back.</summary>
    /// <param name="sessions">Number of indexes that are read and sorted at a time, 1 or more. One more is begun while one of
    /// them is being written.</param>
    /// <param name="starting">Pipelines of a silo that has just started: they count as running.</param>
    /// <param name="atOnce">Whether to retry other processes' indexes that have failed recently.</param>
    /// <param name="failed">Indexes to exclude; those that fail are added.</param>
    /// <param name="cancellationToken">Ends it: the definitions of unbuilt indexes stay.</param>
    /// <returns>The result, without those that were in <paramref name="failed"/> before.</returns>
    internal async Task<RebuildReport> RunAsync(
        int sessions, IReadOnlyList<string> starting, bool atOnce, HashSet<long> failed, CancellationToken cancellationToken)
    {
        var run = new Run(sessions, starting, atOnce, failed);
        var began = time.GetTimestamp();
        // A session that finds nothing ends; the one that builds the last part of an index continues with the whole.
        var workers = Task.WhenAll(
            Enumerable.Range(0, sessions).Select(_ => Task.Run(() => WorkAsync(run, cancellationToken), cancellationToken)));
        await Task.WhenAll(workers, AssistAsync(run, workers, cancellationToken));
        return new RebuildReport([.. run.Built], [.. run.Failed], time.GetElapsedTime(began).TotalSeconds);
    }

    async Task WorkAsync(Run run, CancellationToken cancellationToken)
    {
        while (await health.RetryAsync(token => BuildNextAsync(run, token), cancellationToken))
        {
            // BuildNextAsync does the work.
        }
    }

    /// <summary>Begins another index while one is being written, which takes a single process. Otherwise a processor would be
    /// idle at the end: with three equal indexes in two sessions, the last would be built alone.</summary>
    async Task AssistAsync(Run run, Task workers, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var hasBuilt = false;
        while (true)
        {
            if (!workers.IsCompleted)
            {
                var pause = Math.Clamp(time.GetElapsedTime(began).TotalMilliseconds / 10, 20, 1000); // seldom in long builds
                await Task.WhenAny(workers, Task.Delay(TimeSpan.FromMilliseconds(pause), time, cancellationToken));
            }

            if (!workers.IsCompleted)
            {
                if (!await health.RetryAsync(IsOneWrittenAsync, cancellationToken)) continue;
            }
            else if (!hasBuilt)
            {
                return;
            }

            // Also after the workers have ended: an index may wait for its last part, which this session has built.
            if (!await health.RetryAsync(token => BuildNextAsync(run, token), cancellationToken)) return;
            hasBuilt = true;
        }
    }

    async Task<bool> IsOneWrittenAsync(CancellationToken cancellationToken) =>
        !_building.IsEmpty
        && (await IndexProgress.ReadAsync(dataSource, [.. _building.Keys], cancellationToken)).Any(state => state.IsWriting);

    /// <summary>False when there is nothing left.</summary>
    async Task<bool> BuildNextAsync(Run run, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var index = await DroppedIndexLedger.TakeAsync(
            connection, node, run.Starting, run.Tried, run.AtOnce, cancellationToken);
        if (index is null) return false;
        if (!run.Begin(index.Id)) return true; // it has just failed in another session, which has not recorded it yet
        var pid = connection.ProcessID;
        _building[pid] = index.Name;
        try
        {
            await DroppedIndexLedger.PrepareAsync(connection, index, run.Sessions + Spare, cancellationToken);
            CrashPoint.Hit("index-taken");
            var began = time.GetTimestamp();
            var isBuilt = await DroppedIndexLedger.BuildAsync(connection, index, node, cancellationToken);
            CrashPoint.Hit("index-built");
            await transaction.CommitAsync(cancellationToken);
            CrashPoint.Hit("index-committed");
            if (!isBuilt) return true;
            run.Built.Add(index.Name);
            EngineLog.IndexBuilt(logger, index.Pipeline, index.Name, index.Table, time.GetElapsedTime(began).TotalSeconds);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException && !run.MayPass(index.Id, failure))
        {
            var reason = ReasonOf(failure);
            run.GiveUp(index.Id);
            await transaction.DisposeAsync();
            // No row: it was built after all, but the answer to its COMMIT was lost.
            if (!await health.RetryAsync(token => ledger.FailAsync(index, node, reason, token), cancellationToken)) return true;
            run.Failed.Add(new FailedBuild(index.Name, index.Table, reason));
            EngineLog.IndexNotBuilt(logger, index.Pipeline, index.Name, index.Table, reason);
        }
        finally
        {
            _building.TryRemove(pid, out _);
            run.End(index.Id);
        }

        return true;
    }

    static string ReasonOf(Exception failure)
    {
        if (failure is not PostgresException said) return failure.Message;
        var parts = new[] { said.MessageText, said.Detail, said.Hint };
        return string.Join(". ",
            parts.Where(part => part is { Length: > 0 }).Select(part => part!.TrimEnd('.').Replace('\n', ' ')));
    }

    /// <summary>The state of one call; shared by its sessions.</summary>
    sealed class Run(int sessions, IReadOnlyList<string> starting, bool atOnce, HashSet<long> failed)
    {
        readonly ConcurrentDictionary<long, int> _lost = new();
        readonly HashSet<long> _begun = [];

        public int Sessions => sessions;

        public IReadOnlyList<string> Starting => starting;

        public bool AtOnce => atOnce;

        public ConcurrentBag<string> Built { get; } = [];

        public ConcurrentBag<FailedBuild> Failed { get; } = [];

        /// <summary>A copy of the indexes that have failed.</summary>
        public long[] Tried
        {
            get
            {
                lock (failed) return [.. failed];
            }
        }

        /// <summary>The server unlocks a row as soon as its build has failed, before the session here gets the error.</summary>
        public bool Begin(long index)
        {
            lock (failed) return !failed.Contains(index) && _begun.Add(index);
        }

        public void End(long index)
        {
            lock (failed) _begun.Remove(index);
        }

        public void GiveUp(long index)
        {
            lock (failed) failed.Add(index);
        }

        /// <summary>Whether a retry may succeed: the session was lost, or was the victim of a deadlock. A build that
        /// loses its session repeatedly may be what crashes the server.</summary>
        public bool MayPass(long index, Exception failure)
        {
            var isLost = failure is not PostgresException said
                || said.InvariantSeverity is "FATAL" or "PANIC" || said.SqlState is ['4', '0', ..];
            return isLost && _lost.AddOrUpdate(index, 1, (_, before) => before + 1) < MostLost;
        }
    }
}
