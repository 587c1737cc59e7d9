using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>The indexes that a bulk load is about to drop.</summary>
/// <param name="Table">Quoted, with its schema.</param>
/// <param name="Indexes">The indexes; quoted, with their schemas.</param>
/// <param name="IndexBytes">Their approximate size on disk; building them takes as much again for a while.</param>
public sealed record BulkPlan(string Table, IReadOnlyList<string> Indexes, long IndexBytes)
{
    /// <summary><see cref="IndexBytes"/>, human-readable.</summary>
    public string Size => Counted.Of(Math.Max(1, IndexBytes >> 20), "MiB", "MiB");
}

/// <summary>Drops indexes of a table, in the transaction that stores their definitions.</summary>
/// <param name="dataSource">A role that owns the table and writes the ledger.</param>
/// <param name="time">For pauses between two attempts.</param>
sealed class IndexDrop(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Decides, announces and drops.</summary>
    /// <param name="policy">Not <see cref="BulkPolicy.Off"/>.</param>
    /// <param name="table">Quoted, with its schema.</param>
    /// <param name="bytes">Stored bytes of the files to load.</param>
    /// <param name="pipeline">The pipeline of the files.</param>
    /// <param name="node">The load that rebuilds the indexes; null for silos.</param>
    /// <param name="announce">Called before anything is locked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why nothing was dropped; null if it was.</returns>
    /// <exception cref="TableBusyException">Other sessions hold locks on the table.</exception>
    public async Task<string?> RunAsync(
        BulkPolicy policy, string table, long bytes, string pipeline, NodeId? node, Action<BulkPlan> announce,
        CancellationToken cancellationToken)
    {
        var found = await FindIndexesAsync(table, cancellationToken);
        var (indexes, whyNot) = BulkDecision.Of(policy, found, bytes);
        if (whyNot is not null) return whyNot;
        announce(new BulkPlan(table, indexes, found.Estimate(indexes, BulkDecision.RowsOf(found, bytes))));
        await TableAlteration.RunAsync(dataSource, table, async connection =>
        {
            // Under the lock, because another process may have dropped them since.
            found = await PlainIndexes.ReadAsync(connection, table, cancellationToken);
            (indexes, whyNot) = BulkDecision.Of(policy, found, bytes);
            if (whyNot is not null) return;
            await DroppedIndexLedger.DropAsync(
                connection, table, indexes, BulkDecision.RowsOf(found, bytes), pipeline, node, cancellationToken);
        }, time, cancellationToken);
        CrashPoint.Hit("indexes-dropped");
        return whyNot;
    }

    /// <summary>Measuring a table takes a lock that conflicts with a change of its definition.</summary>
    async Task<PlainIndexes> FindIndexesAsync(string table, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var limit = new NpgsqlCommand(
            $"SET LOCAL lock_timeout = {(int)TableAlteration.LockTimeout.TotalMilliseconds}", connection);
        await limit.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            return await PlainIndexes.ReadAsync(connection, table, cancellationToken);
        }
        catch (PostgresException locked) when (locked.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new TableBusyException($"{table} is locked by another session: {locked.MessageText}");
        }
    }
}
