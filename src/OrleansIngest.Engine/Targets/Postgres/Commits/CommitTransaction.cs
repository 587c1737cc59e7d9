using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>One transaction that commits a group of batches: COPY of the rows, rejects, fence and checkpoint, COMMIT. It assumes
/// that all claims are in force until the checkpoint proves it: they nearly always are, and checking first costs a round trip.
/// Batches that failed before, or whose answer was lost, are checked first.</summary>
/// <remarks>After a failure the caller must roll back the transaction.</remarks>
sealed class CommitTransaction(NpgsqlConnection connection, NodeId node, int lane, TimeProvider time)
{
    /// <summary>Npgsql prepares a statement at its second execution (<c>AutoPrepareMinUsages</c> of the node).</summary>
    const int PreparedAfter = 2;

    /// <summary>The lane of these transactions.</summary>
    public int Lane => lane;

    /// <summary>Timestamp (of the TimeProvider) at which the last transaction began.</summary>
    public long LastBegan { get; private set; }

    /// <summary>Duration of its COPY.</summary>
    public TimeSpan LastCopy { get; private set; }

    /// <summary>Duration of the last COMMIT, including the checkpoint.</summary>
    public TimeSpan LastCommit { get; private set; }

    /// <summary>The files that the last transaction made <c>loaded</c>.</summary>
    public IReadOnlyList<FinishedFile> LastFinished => _finished;

    readonly List<FinishedFile> _finished = [];

    /// <summary>The stage of the last transaction when it ended.</summary>
    public CommitStage Stage { get; private set; }

    /// <summary>Call it before the first statement of the next transaction, so that <see cref="Stage"/> is not that of the
    /// previous one.</summary>
    public void Prepare() => Stage = CommitStage.Preparing;

    /// <summary>Commits the batches whose claims are in force.</summary>
    /// <param name="group">Sealed batches; one, unless <paramref name="delivery"/> is <see cref="RowDelivery.Whole"/>.</param>
    /// <param name="askFirst">Whether to ask the ledger which claims are in force before anything is
    /// sent, because some are not.</param>
    /// <param name="delivery">How rows are sent to the table; all but <see cref="RowDelivery.Whole"/> reject refused
    /// rows.</param>
    /// <param name="known">Findings of earlier attempts about the rows.</param>
    /// <param name="cancellationToken">Cancels; then it is unknown whether it is committed.</param>
    /// <returns>The ledger's verdict for each batch; those in force are now committed.</returns>
    public async Task<FenceVerdict[]> CommitAsync(
        IReadOnlyList<PendingBatch> group, bool askFirst, RowDelivery delivery, KnownRefusals known,
        CancellationToken cancellationToken)
    {
        foreach (var batch in group)
        {
            batch.Rows.ServerRejects.Clear();
            batch.Rows.Suppressed = 0;
            batch.Rows.Merged = batch.Plan.Merge is null ? null : default(MergeCounts);
        }

        _finished.Clear();
        var begun = LastBegan = time.GetTimestamp();
        var verdicts = await BeginAsync(group, askFirst || delivery != RowDelivery.Whole || group.Any(b => b.CommitTried),
            cancellationToken);
        var open = group.Where((_, i) => verdicts[i] == FenceVerdict.Open).ToArray();
        if (open.Length == 0)
        {
            await RollBackAsync(cancellationToken);
            return verdicts;
        }

        await new RowTransfer(connection, () => Stage = CommitStage.SendingRows).SendAsync(open, delivery, known,
            cancellationToken);
        Stage = CommitStage.Checkpoint;
        CrashPoint.Hit("copied");
        var copied = time.GetTimestamp();
        LastCopy = time.GetElapsedTime(begun, copied);
        await CheckpointAsync(open, begun, cancellationToken);
        CrashPoint.Hit("committed");
        LastCommit = time.GetElapsedTime(copied);
        return verdicts;
    }

    async Task<FenceVerdict[]> BeginAsync(IReadOnlyList<PendingBatch> group, bool ask, CancellationToken cancellationToken)
    {
        if (ask)
            return await BatchLedger.BeginAsync(connection, [.. group.Select(FenceRowOf)], cancellationToken);
        // Sent with the next statement. The isolation level is explicit, because a table's shape must
        // be read after the lock of its COPY.
        _ = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        return [.. group.Select(_ => FenceVerdict.Open)];
    }

    async Task CheckpointAsync(PendingBatch[] open, long begun, CancellationToken cancellationToken)
    {
        await using var end = new NpgsqlBatch(connection);
        TableShape.AddProof(end, [.. open.Select(b => b.Plan.MadeFor).OfType<ShapedTable>().Distinct()]);
        RejectStatements.Add(end, open);
        BatchLedger.AddCommit(end, node, lane, [.. open.Select(b => RecordOf(b, begun))]);
        CrashPoint.Hit("committing");
        foreach (var batch in open) batch.CommitTried = true;
        try
        {
            await BatchLedger.CommitAsync(end, _finished, cancellationToken);
        }
        catch (PostgresException failure) when (BatchLedger.FailedAtCommit(failure))
        {
            Stage = CommitStage.Committing;
            throw;
        }
    }

    /// <summary>Does what a commit does, without a batch, and rolls it back: the code is compiled and the statements are prepared
    /// before the first file waits for them.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < PreparedAfter; i++)
        {
            _ = await BeginAsync([], ask: false, cancellationToken);
            await CopyStream.WriteAsync(connection, "COPY ingest.batch FROM STDIN (FORMAT binary)", isBinary: true, [],
                accepted: null, cancellationToken);
            await using var end = new NpgsqlBatch(connection);
            BatchLedger.AddCheckpoint(end, node, lane, []);
            await BatchLedger.CommitAsync(end, _finished, cancellationToken);
            await RollBackAsync(cancellationToken);
        }
    }

    /// <summary>Rolls back a failed or abandoned transaction.</summary>
    public async Task RollBackAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    FenceRow FenceRowOf(PendingBatch batch) =>
        new(batch.Claim.FileId, batch.Claim.Epoch, batch.Owner ?? node, batch.Rows.StartOffset, batch.Rows.EndOffset,
            batch.Finishes, batch.CommitTried);

    BatchRecord RecordOf(PendingBatch batch, long begun) => new()
    {
        FileId = batch.Claim.FileId,
        Pipeline = batch.Claim.Pipeline,
        StartOffset = batch.Rows.StartOffset,
        EndOffset = batch.Rows.EndOffset,
        FileSize = batch.Claim.File.Size,
        Unit = batch.Input.Unit,
        RestartPoint = batch.Rows.RestartPoint,
        Layout = batch.WholeFileHash is null ? null : InputNotes.LayoutOf(batch.Input),
        FirstRecord = batch.Rows.FirstRecord,
        FirstLine = batch.Rows.FirstLine,
        Records = batch.Rows.Records,
        Lines = batch.Rows.Lines,
        RowsLoaded = batch.Rows.LoadedCount,
        RowsRejected = batch.Rows.RejectCount,
        RowsSkipped = batch.Rows.SkippedCount,
        RowsSuppressed = batch.Rows.Suppressed,
        RowsInserted = batch.Rows.Merged?.Inserted,
        RowsUpdated = batch.Rows.Merged?.Updated,
        Epoch = batch.Claim.Epoch,
        Owner = batch.Owner ?? node,
        ReadMicroseconds = Microseconds(batch.Rows.ReadTime),
        WaitMicroseconds = Microseconds(time.GetElapsedTime(batch.EnqueuedAt, begun)),
        CopyMicroseconds = Microseconds(LastCopy),
        CommitMicroseconds = Microseconds(LastCommit),
        WholeFileHash = batch.WholeFileHash,
        FileEnd = batch.FileEnd,
        PrefixHash = batch.PrefixHash,
    };

    static long Microseconds(TimeSpan span) => Math.Max(0, (long)span.TotalMicroseconds);
}
