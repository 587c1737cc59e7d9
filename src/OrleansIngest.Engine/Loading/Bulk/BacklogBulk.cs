using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>Drops the indexes of a pipeline's table when the waiting files outweigh its rows. They are rebuilt when the files
/// of that moment are loaded, whatever arrives later.</summary>
/// <remarks>Called by the pipeline's coordinator before it hands out files. If two coordinators call it, the second finds no
/// index.</remarks>
sealed class BacklogBulk(PipelineOptions options, NpgsqlDataSource ledgerSource, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5), AfterRefusal = TimeSpan.FromMinutes(1);

    readonly DroppedIndexLedger _ledger = new(ledgerSource);
    readonly IndexDrop _drop = new(ledgerSource, time);
    long _lookedAt;
    TimeSpan _pause;

    /// <summary>Drops the indexes if the backlog is worth it: checks at most every five seconds, and a minute after it was
    /// not.</summary>
    /// <returns>Whether files may be handed out. False while indexes are built, because their rows would wait for a lock until
    /// then.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        if (options.Bulk is not { } policy || policy == BulkPolicy.Off || BulkChecks.WhyNot(options) is not null) return true;
        if (await _ledger.IsBuildingAsync(options.Name, cancellationToken)) return false;
        if (_lookedAt == 0 || time.GetElapsedTime(_lookedAt) >= _pause) await DecideAsync(policy, cancellationToken);
        return true;
    }

    async Task DecideAsync(BulkPolicy policy, CancellationToken cancellationToken)
    {
        (_lookedAt, _pause) = (time.GetTimestamp(), CheckInterval);
        var bytes = await _ledger.WaitingBytesAsync(options.Name, cancellationToken);
        if (!BulkDecision.IsWorthChecking(options, bytes)) return;
        _pause = AfterRefusal;
        try
        {
            var whyNot = await DropAsync(policy, bytes, cancellationToken);
            if (whyNot is not null) EngineLog.IndexesStay(logger, options.Name, options.Table, whyNot);
        }
        catch (Exception refused) when (refused is TableBusyException or TargetTableException or PostgresException)
        {
            EngineLog.IndexesStay(logger, options.Name, options.Table, refused.Message);
        }
    }

    async Task<string?> DropAsync(BulkPolicy policy, long bytes, CancellationToken cancellationToken)
    {
        string table;
        await using (var connection = await ledgerSource.OpenConnectionAsync(cancellationToken))
            table = (await TargetTable.ReadAsync(connection, options.Table, cancellationToken)).QuotedName;
        return await _drop.RunAsync(
            policy, table, bytes, options.Name, node: null,
            plan => EngineLog.IndexesDropped(logger, options.Name, plan.Table, string.Join(", ", plan.Indexes), plan.Size),
            cancellationToken);
    }
}
