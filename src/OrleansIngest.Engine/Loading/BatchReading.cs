using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Loading.Parallel;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads the open spans of a file into batches, one after the other.</summary>
sealed class BatchReading(FileInWork file, FilePlanning planning) : IAsyncDisposable
{
    /// <summary>Assumed decoded bytes for each stored byte; only the size of the first buffer depends on it.</summary>
    const long MostDecoded = 16;

    const string TooMuchForOneTransaction =
        "it is too large for one transaction, or was partly loaded before: nothing was loaded now; load it "
        + "without --one-transaction";

    readonly FileLane _lane = new();
    readonly PipelinePace.Amount _fullBatch = new(file.Options.BatchRecords, file.Options.BatchBytes);
    SpanInParts? _parts; // the current span, if several parsers read it
    long _spanEnd;
    int _hungry;    // consecutive batches after which a lane was idle
    int _batches;   // begun while other nodes could have helped
    bool _isLookDue;
    PipelinePace.Amount? _paid; // for the batch that is being filled

    /// <summary>Reads the current span; null between spans.</summary>
    public IBatchReader? Reader { get; private set; }

    /// <summary>Rows that are being filled, or wait to be sent.</summary>
    public EncodedRows? Rows { get; private set; }

    /// <summary>The batch that waits to be sent.</summary>
    public PendingBatch? Batch { get; private set; }

    /// <summary>The parts that other nodes load; null while there are none.</summary>
    public SplitDispatch? Others { get; private set; }

    /// <summary>Opens the next open span, unless one is open.</summary>
    /// <param name="turn">Ends the step, and the query of the start position.</param>
    /// <returns>False if there is none.</returns>
    public async Task<bool> OpenAsync(CancellationToken turn)
    {
        if (_parts is not null) return true;
        if (Reader is not null)
        {
            if (Rows is null) TryPart(Reader);
            return true;
        }

        if (!file.Progress.Open.TryPeek(out var span)) return false;
        var position = await StartOfAsync(span, turn);
        Reader = BatchReaderFactory.Open(InputNow, span, position, planning.Plan!, file.Options, file.Context.Time);
        _spanEnd = span.End;
        file.Progress.Open.Dequeue();
        return true;
    }

    /// <summary>Fills the next batch from the current span, unless one waits to be sent.</summary>
    /// <returns>How the claim ended, or null.</returns>
    public async Task<LoadResult?> FillAsync(CancellationToken turn)
    {
        if (_isLookDue) return await file.InSlotAsync(LookAgainAsync, turn);
        if (Batch is not null) return null;
        if (_parts is not null) return await FillFromPartsAsync(_parts, turn);
        if (Rows is null && _paid is null && file.Context.Pace is { } pace) await pace.TakeAsync(_fullBatch, turn);
        if (file.Context.Pace is not null) _paid = _fullBatch;
        Rows ??= await NewRowsAsync(Reader!, turn);
        return await file.InSlotAsync(FillInSlotAsync, turn);
    }

    /// <summary>Hands the batch over to the lanes.</summary>
    public void Sent() => (Rows, Batch) = (null, null);

    /// <summary>Closes the current span if it is read to its end.</summary>
    public async Task CloseAtEndAsync()
    {
        if (Reader is { AtEnd: true }) CloseReader();
        if (_parts is { AtEnd: true }) await LetGoAsync();
    }

    /// <summary>Reports how much of the rate limit the batch has used.</summary>
    public void SettlePace(PipelinePace.Amount used)
    {
        if (_paid is { } paid) file.Context.Pace?.Settle(paid, used);
        _paid = null;
    }

    /// <summary>Discards everything that is not sent; does not wait.</summary>
    /// <returns>A task that ends when no parser reads the file any more.</returns>
    public Task LetGoAsync()
    {
        Rows?.Dispose();
        CloseReader();
        var parts = _parts;
        (Rows, Batch, _parts, _isLookDue) = (null, null, null, false);
        return parts?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }

    /// <summary>Discards the other nodes' parts: the plan or the claim has ended.</summary>
    public void LetGoOfOthers()
    {
        Others?.Dispose();
        Others = null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        LetGoOfOthers();
        return new ValueTask(LetGoAsync());
    }

    /// <summary>The record and line at the start of a span.</summary>
    public async Task<RecordPosition> StartOfAsync(PositionSpan span, CancellationToken turn)
    {
        if (file.Tail?.Next is { } next && next.Offset == span.Start) return next.Position;
        return span.Start > 0
            ? await PositionAtAsync(span.Start, turn)
            : new RecordPosition(1, planning.Input!.Format.HasLines ? 1 : 0);
    }

    /// <summary>The record and line at an offset where a committed span ends.</summary>
    public Task<RecordPosition> PositionAtAsync(long offset, CancellationToken turn) =>
        file.Context.Health.RetryAsync(async token =>
    {
        await using var connection = await file.Context.DataSource.OpenConnectionAsync(token);
        return await new LedgerReader(connection).PositionAtAsync(file.Claim.FileId, offset, token);
    }, turn);

    void CloseReader()
    {
        Reader?.Dispose();
        Reader = null;
    }

    /// <summary>Divides the rest of the span among several parsers and other nodes, if that is possible and worthwhile. The
    /// first batches show whether one parser is enough.</summary>
    void TryPart(IBatchReader reader)
    {
        var lanes = file.Context.Lanes;
        _hungry = lanes.Waiting == 0 && file.Progress.InFlight.Count < lanes.Count ? _hungry + 1 : 0;
        var rest = new PositionSpan(reader.NextOffset, _spanEnd);
        var parsers = ParserCount.Of(file, rest.Length, _hungry);
        var workers = file.Context.SplitWorkers() is { Nodes.Count: > 0 } others ? others : null;
        if (workers is null ? parsers == 1 : ++_batches <= ParserCount.MostHungry) return;
        var isNewlySplit = workers is not null && Others is null && SplitDispatch.MayBeSplit(file, rest.Length);
        if (parsers == 1 && Others is null && !isNewlySplit) return;
        if (PartedInput.Of(file, planning) is not { } input) return;
        if (isNewlySplit) Others = new SplitDispatch(file, planning, input, workers!);
        _parts = new SpanInParts(input, rest, reader.Next, parsers) { Others = Others };
        CloseReader();
    }

    async Task<LoadResult?> FillFromPartsAsync(SpanInParts parts, CancellationToken turn)
    {
        if (await parts.NextAsync(turn) is not { } rows) return await file.ChangedAsync();
        (Rows, Batch) = (rows, new PendingBatch(file.Claim, rows, planning.Input!, _lane));
        await parts.TakeAsync();
        _isLookDue = parts.AtEnd && file.Progress.Open.Count == 0;
        return _isLookDue ? await file.InSlotAsync(LookAgainAsync, turn) : null;
    }

    RecordInput InputNow => planning.Input! with { Content = file.Readable };

    async Task<EncodedRows> NewRowsAsync(IBatchReader reader, CancellationToken turn)
    {
        var left = file.Progress.End is { } end && file.Opened!.Unit == PositionUnit.Byte
            ? end - reader.NextOffset
            : MostDecoded * file.Claim.File.Size;
        var capacity = (int)Math.Min(file.Options.BatchBytes, 4096 + left + left / 2);
        await file.Context.Budget.AcquireAsync(capacity, turn);
        return new EncodedRows(planning.Plan!, capacity, file.Context.Budget,
            planning.Input!.IsForwardOnly || file.Tail is not null)
        {
            Metadata = planning.Metadata,
            StartOffset = reader.NextOffset,
            FirstRecord = reader.Next.Record,
            FirstLine = reader.Next.Line,
        };
    }

    async Task<LoadResult?> FillInSlotAsync()
    {
        var (opened, progress) = (file.Opened!, file.Progress);
        Reader!.Fill(Rows!);
        if (opened.Unit == PositionUnit.DecodedByte) Rows!.RestartPoint = opened.Content.RestartBefore(Rows.EndOffset);
        var isLast = Reader.AtEnd && progress.Open.Count == 0;
        if (file.Context.InOneTransaction && (!isLast || file.AnythingSent))
            return await file.Ending.QuarantineAsync(TooMuchForOneTransaction);
        // the last span is the open one; those before it are gaps between committed ones
        if (isLast) progress.End ??= Reader.NextOffset;
        if (Rows!.EndOffset > Rows.StartOffset)
        {
            Batch = new PendingBatch(file.Claim, Rows, planning.Input!, _lane);
        }
        else
        {
            Rows.Dispose(); // the input ended where the span begins
            Rows = null;
        }

        if (file.Tail is not null)
        {
            if (Rows is null || file.Tail.TakeRead(Rows, Batch, Reader)) return null;
            file.Progress.Open.Clear();
            await LetGoAsync();
            return null;
        }

        return isLast ? await LookAgainAsync() : null;
    }

    /// <summary>Called when all of the file is read: checks that it is still the claimed file, and completes its hash. The last
    /// batch may then finish it.</summary>
    async Task<LoadResult?> LookAgainAsync()
    {
        _isLookDue = false;
        if (Reader is { EndedEarly: true } || !file.IsUnchanged() || file.FinishHash() is not { } hash)
            return await file.ChangedAsync();
        if (file.Opened!.Remark is { } remark)
            EngineLog.ContentRemarked(file.Context.Logger, file.Claim.Pipeline, file.Claim.File.Path,
                file.Claim.FileId.Value, remark);
        if (Batch is null || file.Stage is not null) return null;
        if (!file.AnythingSent) Batch.WholeFileHash = hash;
        else Batch.FileEnd = EndOf(hash);
        return null;
    }

    /// <summary>Null if the end of the file is left to the loader: other nodes load parts of it, or its end is remarked
    /// on.</summary>
    FileEnd? EndOf(byte[] hash)
    {
        if (Others is not null || planning.Append.MayRemark || file.Progress.End is not { } end) return null;
        var claim = file.Claim;
        return new FileEnd(claim.FileId, claim.Epoch, claim.Owner, end, planning.Input!.Unit, hash, Reason: null);
    }
}
