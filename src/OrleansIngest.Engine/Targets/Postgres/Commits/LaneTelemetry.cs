using System.Diagnostics;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Reports the work of a node's lanes to meters and traces.</summary>
/// <param name="meter">The node's meter.</param>
/// <param name="contextOf">The trace of a claim in progress; default if there is none.</param>
/// <param name="time">For the instants of traces.</param>
sealed class LaneTelemetry(NodeMeter meter, Func<FileClaim, ActivityContext> contextOf, TimeProvider time)
{
    int _busy;

    /// <summary>Number of committing lanes.</summary>
    public int Busy => Volatile.Read(ref _busy);

    public void Begin() => Interlocked.Increment(ref _busy);

    public void End() => Interlocked.Decrement(ref _busy);

    /// <param name="cause">One of <see cref="RetryCause"/>.</param>
    public void Retried(string cause) => meter.Retried(cause);

    /// <summary>Counts a group that has its verdicts. Called before the batches are answered.</summary>
    public void Committed(IReadOnlyList<PendingBatch> group, FenceVerdict[] verdicts, CommitTransaction transaction)
    {
        var wrote = false;
        for (var i = 0; i < group.Count; i++)
        {
            var batch = group[i];
            if (verdicts[i] == FenceVerdict.Fenced)
            {
                meter.Fenced(batch.Claim.Pipeline);
                continue;
            }

            wrote |= verdicts[i] == FenceVerdict.Open;
            // A batch whose answer was lost counts as well: it was not counted before.
            meter.Committed(batch.Claim.Pipeline, Measured(batch, transaction.LastBegan));
            if (batch.Rows.RejectCount > 0) CountRejects(batch);
        }

        if (wrote)
        {
            meter.Commit(transaction.LastCopy, transaction.LastCommit);
            foreach (var file in transaction.LastFinished) meter.Finished(file.Pipeline, file.Latency);
        }

        if (IngestTracing.IsOn) Trace(group, verdicts, transaction);
    }

    void CountRejects(PendingBatch batch)
    {
        var reasons = RejectReason.All;
        Span<int> counts = stackalloc int[reasons.Count];
        foreach (var reject in batch.Rows.Rejects) Count(reject, counts);
        foreach (var reject in batch.Rows.ServerRejects) Count(reject, counts);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) meter.Rejected(batch.Claim.Pipeline, reasons[i], counts[i]);
        }

        void Count(RejectedRow reject, Span<int> into)
        {
            for (var i = 0; i < reasons.Count; i++)
            {
                if (reasons[i] == reject.Reason) into[i]++;
            }
        }
    }

    void Trace(IReadOnlyList<PendingBatch> group, FenceVerdict[] verdicts, CommitTransaction transaction)
    {
        var ended = time.GetUtcNow();
        var began = ended - time.GetElapsedTime(transaction.LastBegan);
        var batches = new List<ActivityContext>();
        for (var i = 0; i < group.Count; i++)
        {
            var file = contextOf(group[i].Claim);
            if (file.TraceId == default) continue;
            var measured = Measured(group[i], transaction.LastBegan);
            var context = IngestTracing.Batch(
                file, began - measured.Wait - measured.Read, ended, group[i].Rows.StartOffset, measured,
                verdicts[i] != FenceVerdict.Fenced);
            if (verdicts[i] == FenceVerdict.Open && context.TraceId != default) batches.Add(context);
        }

        IngestTracing.Commit(batches, transaction.Lane, began, ended, transaction.LastCopy);
    }

    CommittedBatch Measured(PendingBatch batch, long began) => new(
        batch.Rows.Records, batch.Rows.LoadedCount, batch.Rows.SkippedCount, batch.Rows.EndOffset - batch.Rows.StartOffset,
        batch.Rows.ReadTime,
        time.GetElapsedTime(batch.EnqueuedAt, Math.Max(began, batch.EnqueuedAt)));
}
