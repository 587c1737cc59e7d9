using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Hands batches to the lanes, and takes their answers.</summary>
sealed class BatchSending(FileInWork file, FilePlanning planning, BatchReading reading, LedgerNotes notes)
{
    FileTotals? _finished; // the commit of the last batch has marked the file loaded

    FileProgress Progress => file.Progress;

    /// <summary>Reads and sends the open spans, and waits for the answers. Stops early if the table has changed.</summary>
    public async Task<LoadResult?> RunAsync(CancellationToken turn)
    {
        while (true)
        {
            if (await CollectAsync(wait: false, turn) is { } ended) return ended;
            if (Progress.IsStale || !await reading.OpenAsync(turn)) break;
            if (await reading.FillAsync(turn) is { } changed) return changed;
            if (reading.Batch is { } batch)
            {
                // Records with one key must arrive in file order: a batch is sent when the one before it is committed.
                if ((planning.Plan!.Merge is not null || file.Tail is not null)
                    && await CollectAsync(wait: true, turn) is { } over) return over;
                if (Progress.IsStale) break;
                if (await WidenedAsync(batch.Rows, turn) is { } busy) return busy;
                if (Progress.IsStale) break;
                reading.SettlePace(new PipelinePace.Amount(batch.Rows.Records, batch.Rows.Length));
                await SendAsync(batch, turn);
                reading.Sent();
            }

            await reading.CloseAtEndAsync();
            turn.ThrowIfCancellationRequested();
        }

        return await CollectAsync(wait: true, turn);
    }

    /// <summary>Processes the lanes' answers.</summary>
    public async Task<LoadResult?> CollectAsync(bool wait, CancellationToken turn)
    {
        if (wait) await WhenAnsweredAsync(turn);
        for (var i = Progress.InFlight.Count - 1; i >= 0; i--)
        {
            var batch = Progress.InFlight[i];
            if (!batch.Completion.IsCompleted) continue;
            var outcome = await batch.Completion;
            Progress.InFlight.RemoveAt(i);
            switch (outcome.Kind)
            {
                case CommitKind.Stale:
                    Progress.IsStale = true;
                    continue;
                case CommitKind.Fenced:
                    return file.Ending.Fenced();
                case CommitKind.Refused:
                    return await file.Ending.FailAsync(ServerRefusal.OfFile(outcome.Failure!));
            }

            Progress.Take(batch);
            file.Stage?.Count(batch.Rows);
            _finished ??= outcome.Finished;
            if (batch.WholeFileHash is not null)
                return file.Ending.Loaded(new FileTotals(batch.Rows.LoadedCount, batch.Rows.RejectCount,
                    batch.Rows.SkippedCount));
        }

        // Earlier batches are committed too, but another lane may not have answered them yet.
        if (_finished is { } totals && Progress.InFlight.Count == 0) return file.Ending.Loaded(totals);

        // Batches in flight come first, so that their rejects are stored and counted.
        if (file.Stage?.Beyond(BytesLeft) is { } beyond)
            return (Progress.InFlight.Count > 0 ? await CollectAsync(wait: true, turn) : null)
                ?? await file.Ending.QuarantineAsync(beyond);
        return null;
    }

    /// <summary>Waits until the lanes have answered all batches of the file.</summary>
    public Task WhenAnsweredAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Progress.InFlight.Select(b => b.Completion)).WaitAsync(cancellationToken);

    async Task SendAsync(PendingBatch batch, CancellationToken turn)
    {
        if (!notes.IsInputNoted && batch.WholeFileHash is null)
            await notes.NoteInputAsync(InputNotes.Of(planning.Input!, Progress.End));
        await file.Context.Lanes.EnqueueAsync(batch, turn);
        CrashPoint.Hit("enqueued");
        Progress.InFlight.Add(batch);
        file.AnythingSent = true;
    }

    /// <summary>A batch with values that a wider column would hold is not sent, but read again once the column is
    /// widened.</summary>
    async Task<LoadResult?> WidenedAsync(EncodedRows rows, CancellationToken turn)
    {
        if (planning.Plan!.Wider?.Concerns(rows) != true) return null;
        var (isOther, busy) = await planning.WidenAsync();
        if (busy is not null) return await CollectAsync(wait: true, turn) ?? await planning.BusyAsync(busy);
        if (isOther) Progress.IsStale = true;
        return null;
    }

    long? BytesLeft => Progress.End is { } end && file.Opened!.Unit == PositionUnit.Byte ? end - Progress.Committed : null;
}
