using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Sends the rows of a transaction to their tables.</summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="accepted">Called when the server starts to accept rows: later failures are caused by them.</param>
sealed class RowTransfer(NpgsqlConnection connection, Action accepted)
{
    /// <summary>Sends the rows of all batches.</summary>
    /// <param name="batches">One, unless <paramref name="delivery"/> is <see cref="RowDelivery.Whole"/>.</param>
    /// <param name="delivery">How rows are sent.</param>
    /// <param name="known">Findings of earlier attempts about the rows.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PostgresException">Refused; the transaction is aborted.</exception>
    public async Task SendAsync(IReadOnlyList<PendingBatch> batches, RowDelivery delivery, KnownRefusals known,
        CancellationToken cancellationToken)
    {
        var filled = batches.Where(b => b.Rows.RowCount > 0).ToArray();
        if (filled.Length == 0) return;
        if (delivery != RowDelivery.Whole)
        {
            // A deferred constraint would fail only at COMMIT, when the row can no longer be identified.
            await connection.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
            await SendSingledAsync(filled.Single(), delivery, known, cancellationToken);
            return;
        }

        // Always in the same order, or merges of two transactions might deadlock.
        foreach (var same in filled.GroupBy(b => b.Plan.DeliveryKey).OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            var plan = same.First().Plan;
            if (plan.Merge is not null)
            {
                await MergeAsync([.. same], cancellationToken);
            }
            else if (plan.MayDiscardRows)
            {
                foreach (var batch in same) await SendCountedAsync(batch, cancellationToken);
            }
            else
            {
                await CopyStream.WriteAsync(connection, plan.CopyStatement, plan.IsBinary, same.Select(b => b.Rows.Bytes),
                    accepted, cancellationToken);
            }
        }
    }

    async Task MergeAsync(PendingBatch[] batches, CancellationToken cancellationToken)
    {
        var plan = batches[0].Plan;
        var stage = new MergeStage(connection, plan, accepted) { MayExpect = true };
        // Rows that a trigger discarded are counted for each batch.
        foreach (var some in plan.MayDiscardRows ? batches.Chunk(1) : [batches])
        {
            var merged = await stage.RunAsync(
                [.. some.Select(b => new RowParts(b.Rows.RowBytes(b.Rows.RowsInFileOrder(), 0, b.Rows.RowCount),
                    b.Rows.RowCount))], cancellationToken);
            for (var i = 0; i < some.Length; i++)
                (some[i].Rows.Merged, some[i].Rows.Suppressed) = (merged[i], merged[i].Suppressed);
        }
    }

    /// <summary>A trigger may discard rows, so the inserted rows of each batch are counted. Npgsql returns
    /// that for a binary COPY only.</summary>
    async Task SendCountedAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        if (!batch.Plan.IsBinary && batch.Plan.MayStage)
            await new StagedRows(connection, batch.Rows, batch.Input, accepted).RunAsync(cancellationToken);
        else batch.Rows.Suppressed = (int)await new BatchRows(batch.Rows, accepted).CopyAsync(connection, 0, batch.Rows.RowCount,
            cancellationToken);
    }

    async Task SendSingledAsync(PendingBatch batch, RowDelivery delivery, KnownRefusals known,
        CancellationToken cancellationToken)
    {
        if (delivery == RowDelivery.Stage && batch.Plan.MayStage)
        {
            await new StagedRows(connection, batch.Rows, batch.Input, accepted).RunAsync(cancellationToken);
            return;
        }

        var merge = batch.Plan.Merge is null ? null : new MergeRows(batch.Rows, accepted);
        var bisection = new BatchBisection(connection, merge ?? (IRowSource)new BatchRows(batch.Rows, accepted), known);
        var refused = await bisection.RunAsync(cancellationToken);
        batch.Rows.Suppressed = (int)bisection.Suppressed;
        using var raw = new RawRecords(batch.Rows, batch.Input);
        foreach (var (place, refusal) in refused)
            batch.Rows.ServerRejects.Add(batch.Rows.Refused(merge?.RowAt(place) ?? place,
                RowRefusal.Of(refusal, batch.Plan.Columns), raw));
    }
}
