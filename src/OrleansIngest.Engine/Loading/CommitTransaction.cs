using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>One transaction that commits a group of batches: COPY of the rows, rejects, fence and checkpoint, COMMIT. That all claims are in force is
/// taken for granted until the checkpoint proves it: nearly always they are, and asking first costs a round trip. Batches that went through
/// this before, in vain or with the answer lost, are asked about first.</summary>
/// <remarks>Any failure leaves the transaction to be rolled back by the caller.</remarks>
sealed class CommitTransaction(NpgsqlConnection connection, NodeId node, int lane, TimeProvider time)
{
    /// <summary>The lane whose transactions these are.</summary>
    public int Lane => lane;

    /// <summary>Timestamp (of the TimeProvider) at which the last transaction began.</summary>
    public long LastBegan { get; private set; }

    /// <summary>How long its COPY took.</summary>
    public TimeSpan LastCopy { get; private set; }

    /// <summary>How long the last COMMIT took, with the checkpoint in it.</summary>
    public TimeSpan LastCommit { get; private set; }

    /// <summary>The files that the last transaction made <c>loaded</c>: pipeline, and time since they were in place.</summary>
    public IReadOnlyList<(string Pipeline, TimeSpan Latency)> LastFinished => _finished;

    readonly List<(string Pipeline, TimeSpan Latency)> _finished = [];

    /// <summary>Commits what may be committed.</summary>
    /// <param name="group">Sealed batches.</param>
    /// <param name="askFirst">Whether claims are known not to be in force, and the ledger is asked which before anything is sent.</param>
    /// <param name="isolate">Whether the one batch has rows that the server refuses: they are found and rejected.</param>
    /// <param name="cancellationToken">Cancels; whether it is committed is not known then.</param>
    /// <returns>The ledger's verdict for each batch; those that were open are committed now.</returns>
    public async Task<FenceVerdict[]> CommitAsync(IReadOnlyList<RowBatch> group, bool askFirst, bool isolate, CancellationToken cancellationToken)
    {
        foreach (var batch in group) batch.ServerRejects.Clear();
        _finished.Clear();
        var begun = LastBegan = time.GetTimestamp();
        var verdicts = await BeginAsync(group, askFirst || isolate || group.Any(b => b.CommitTried), cancellationToken);
        var open = group.Where((_, i) => verdicts[i] == FenceVerdict.Open).ToArray();
        if (open.Length == 0)
        {
            await RollBackAsync(cancellationToken);
            return verdicts;
        }

        foreach (var batches in open.Where(b => b.RowCount > 0).GroupBy(b => b.Plan.CopyStatement))
        {
            if (isolate) await new RowIsolation(connection, batches.Single()).CopyAsync(cancellationToken);
            else await CopyStream.WriteAsync(connection, batches.First().Plan, batches.Select(b => b.Bytes), cancellationToken);
        }

        CrashPoint.Hit("copied");
        var copied = time.GetTimestamp();
        LastCopy = time.GetElapsedTime(begun, copied);
        await using (var end = new NpgsqlBatch(connection))
        {
            RejectStatements.Add(end, open);
            BatchLedger.AddCommit(end, node, lane, [.. open.Select(b => RecordOf(b, begun))]);
            CrashPoint.Hit("committing");
            foreach (var batch in open) batch.CommitTried = true;
            await BatchLedger.CommitAsync(end, _finished, cancellationToken);
        }

        CrashPoint.Hit("committed");
        LastCommit = time.GetElapsedTime(copied);
        return verdicts;
    }

    async Task<FenceVerdict[]> BeginAsync(IReadOnlyList<RowBatch> group, bool ask, CancellationToken cancellationToken)
    {
        if (ask)
            return await BatchLedger.BeginAsync(connection, node, [.. group.Select(FenceRowOf)], cancellationToken);
        _ = await connection.BeginTransactionAsync(cancellationToken); // goes out with the next statement
        return [.. group.Select(_ => FenceVerdict.Open)];
    }

    /// <summary>Ends a failed or unwanted transaction.</summary>
    public async Task RollBackAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static FenceRow FenceRowOf(RowBatch batch) =>
        new(batch.Claim.FileId, batch.Claim.Epoch, batch.StartOffset, batch.EndOffset, batch.WholeFileHash is not null, batch.CommitTried);

    BatchRecord RecordOf(RowBatch batch, long begun) => new()
    {
        FileId = batch.Claim.FileId,
        Pipeline = batch.Claim.Pipeline,
        StartOffset = batch.StartOffset,
        EndOffset = batch.EndOffset,
        FirstRecord = batch.FirstRecord,
        FirstLine = batch.FirstLine,
        Records = batch.Records,
        Lines = batch.Lines,
        RowsLoaded = batch.Records - batch.RejectCount - batch.Skipped,
        RowsRejected = batch.RejectCount,
        RowsSkipped = batch.Skipped,
        Epoch = batch.Claim.Epoch,
        ReadMicroseconds = Microseconds(batch.ReadTime),
        WaitMicroseconds = Microseconds(time.GetElapsedTime(batch.EnqueuedAt, begun)),
        CopyMicroseconds = Microseconds(LastCopy),
        CommitMicroseconds = Microseconds(LastCommit),
        WholeFileHash = batch.WholeFileHash,
    };

    static long Microseconds(TimeSpan span) => Math.Max(0, (long)span.TotalMicroseconds);
}
