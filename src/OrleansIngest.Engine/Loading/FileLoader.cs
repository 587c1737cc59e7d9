using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Discovery;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>
/// Loads one claimed file, a step at a time: reads its open byte ranges into batches, hands these to the lanes, and ends the claim.
/// Not safe for concurrent use. Disposing it in the middle loses nothing: what is not committed is read again under another claim.
/// </summary>
public sealed class FileLoader : IAsyncDisposable
{
    /// <summary>Changes of the table in a row, with nothing committed in between, before the file fails.</summary>
    const int MostReplans = 25;

    readonly LoaderContext _context;
    readonly List<RowBatch> _inFlight = [];
    readonly FileLane _lane = new();
    readonly ContentHash _hash = new();
    readonly Queue<ByteRange> _ranges = new();
    readonly StepGate _gate = new();
    readonly ClaimEnding _ending;
    readonly ContentCheck _check;
    SafeFileHandle? _handle;
    CopyPlan? _plan;
    CsvOptions? _dialect;
    BatchFiller? _filler;
    RowBatch? _batch;
    bool _isPlanned;
    bool _isFilled;
    bool _anythingSent;
    bool _isStale;
    int _replans;       // in a row, without anything committed in between
    byte[]? _sha256;
    bool _isNoted;

    internal FileLoader(FileClaim claim, LoaderContext context)
    {
        Claim = claim;
        _context = context;
        _ending = new ClaimEnding(claim, context);
        _check = new ContentCheck(claim, context, _ending);
        _anythingSent = claim.Committed.Count > 0;
    }

    /// <summary>The claim that is worked off.</summary>
    public FileClaim Claim { get; }

    /// <summary>How it ended; null before <see cref="LoadStep.Done"/>.</summary>
    public LoadResult? Result { get; private set; }

    /// <summary>Bytes of the file that are committed, those of earlier claims included.</summary>
    public long CommittedBytes { get; private set; }

    /// <summary>Rows and rejects committed under this claim.</summary>
    public long CommittedRecords { get; private set; }

    /// <summary>Works for about <paramref name="budget"/>, then returns so that others get their turn.</summary>
    /// <param name="budget">How long; a wait for memory, lanes or the database ends with it too.</param>
    /// <param name="cancellationToken">Stops at once; the step may be called again.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">It has let go of the file.</exception>
    public async Task<LoadStep> StepAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            return await StepInsideAsync(budget, cancellationToken);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Hands the file back in good order: commits what was sent, then makes it ready for others. For a drain.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Result is not null) return;
        await Task.WhenAll(_inFlight.Select(b => b.Completion)).WaitAsync(cancellationToken);
        await _context.Files.EndClaimAsync(Claim, ClaimEnd.Released, "handed back by a node that stopped", TimeSpan.Zero, cancellationToken);
        Result = new LoadResult(LoadResultKind.PutBack, Reason: "released");
    }

    /// <summary>Lets go at once: a stop must not wait for a database that is away. A step that is still under way lets go when it ends, and batches
    /// that the lanes still hold keep the file open until they are answered: their memory must not be somebody else's before.</summary>
    public ValueTask DisposeAsync()
    {
        _gate.Close(LetGo);
        return ValueTask.CompletedTask;
    }

    async Task<LoadStep> StepInsideAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        if (Result is not null) return LoadStep.Done;
        _ending.Stop = cancellationToken;
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _context.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), turn, budget, Timeout.InfiniteTimeSpan);
        try
        {
            Result = await WorkAsync(turn.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return LoadStep.More;
        }
        catch (IOException failure)
        {
            Result = await _ending.FailAsync(ClaimEnding.CannotBeRead(failure));
        }
        catch (UnauthorizedAccessException)
        {
            Result = await _ending.FailAsync(ClaimEnding.NoRightToRead);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Counted and shown like any failure of the file, or it would come back for ever.
            EngineLog.LoaderFailed(_context.Logger, Claim.Pipeline, Claim.File.Path, Claim.FileId.Value, failure);
            Result = await _ending.FailAsync($"a defect of this program: {failure.Message}");
        }

        return LoadStep.Done;
    }

    void LetGo()
    {
        LetGoOfBatch();
        _hash.Dispose();
        _check.Dispose();
        var (handle, left) = (_handle, _inFlight.ToArray());
        _handle = null;
        _inFlight.Clear();
        if (left.Length == 0) handle?.Dispose();
        else _ = CloseWhenAnsweredAsync(left, handle);
    }

    void LetGoOfBatch()
    {
        _batch?.Dispose();
        _filler?.Dispose();
        (_batch, _filler, _isFilled) = (null, null, false);
    }

    static async Task CloseWhenAnsweredAsync(RowBatch[] batches, SafeFileHandle? handle)
    {
        foreach (var batch in batches) await ((Task)batch.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        handle?.Dispose();
    }

    async Task<LoadResult> WorkAsync(CancellationToken turn)
    {
        if (_handle is null && await InSlotAsync(OpenAsync, turn) is { } cannotOpen) return cannotOpen;
        if (!_check.IsOver)
        {
            if (await _check.RunAsync(_handle!, IsUnchanged, turn) is { } repeated) return repeated;
            if (!IsUnchanged()) return await ChangedAsync();
        }

        if (!_isPlanned && await InSlotAsync(PrepareAsync, turn) is { } cannotRead) return cannotRead;
        while (true)
        {
            if (!_isNoted) await NoteColumnsAsync();
            if (await SendAsync(turn) is { } ended) return ended;
            if (!_isStale) return await FinishAsync();
            if (await StartOverAsync(turn) is { } cannotGoOn) return cannotGoOn;
        }
    }

    /// <summary>Reads what is open and sends it, and waits for the answers; until the table turns out to have changed.</summary>
    async Task<LoadResult?> SendAsync(CancellationToken turn)
    {
        while (true)
        {
            if (await CollectAsync(wait: false, turn) is { } ended) return ended;
            if (_isStale) break;
            if (_filler is null)
            {
                if (!_ranges.TryPeek(out var range)) break;
                _filler = await StartRangeAsync(range, turn); // asks the database, and is cut off when that is away for longer than a step
                _ranges.Dequeue();
            }

            _batch ??= await NewBatchAsync(_filler, turn);
            if (!_isFilled && await InSlotAsync(FillAsync, turn) is { } changed) return changed;

            await _context.Lanes.EnqueueAsync(_batch, turn);
            CrashPoint.Hit("enqueued");
            _inFlight.Add(_batch);
            _anythingSent = true;
            _batch = null;
            _isFilled = false;
            if (_filler.AtEnd)
            {
                _filler.Dispose();
                _filler = null;
            }

            turn.ThrowIfCancellationRequested();
        }

        return await CollectAsync(wait: true, turn);
    }

    /// <summary>The table was changed: what is not committed is read again, with a plan for the table as it is now.</summary>
    async Task<LoadResult?> StartOverAsync(CancellationToken turn)
    {
        if (++_replans > MostReplans) return await _ending.FailAsync($"the definition of table {_context.Options.Table} keeps changing");
        _context.Target.Forget(_plan!.MadeFor?.Shape);
        LetGoOfBatch();
        var committed = await _context.Health.RetryAsync(async token =>
        {
            await using var connection = await _context.DataSource.OpenConnectionAsync(token);
            return await new LedgerReader(connection).CommittedAsync([Claim.FileId], token);
        }, turn);
        var ranges = committed.TryGetValue(Claim.FileId, out var done) ? done : [];
        _anythingSent = ranges.Count > 0;
        _ranges.Clear();
        foreach (var range in OpenRanges.Of(Claim.File.Size, ranges)) _ranges.Enqueue(range);
        if (await InSlotAsync(PlanAsync, turn) is { } cannot) return cannot;
        _isStale = false;
        _isNoted = false; // other columns may be left out now
        return null;
    }

    /// <summary>Opens the file; returns a result when that is not possible.</summary>
    async Task<LoadResult?> OpenAsync()
    {
        try
        {
            _handle = File.OpenHandle(Claim.File.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return _anythingSent
                ? await _ending.QuarantineAsync($"the file is gone after {Claim.Committed.Sum(r => r.Length)} of {Counted.Of(Claim.File.Size, "byte")} were loaded")
                : await _ending.PutBackAsync(ClaimEnd.Vanished, "the file is gone");
        }

        return IsUnchanged() ? null : await ChangedAsync();
    }

    /// <summary>Finds what is open, and makes the file's plan; returns a result when that is not possible.</summary>
    async Task<LoadResult?> PrepareAsync()
    {
        _ranges.Clear();
        foreach (var range in OpenRanges.Of(Claim.File.Size, Claim.Committed)) _ranges.Enqueue(range);
        _isPlanned = Claim.File.Size == 0;
        if (_isPlanned) return null;
        if (FileSignature.Refusal(_handle!) is { } refusal) return await _ending.QuarantineAsync(refusal);
        return await PlanAsync();
    }

    async Task<LoadResult?> PlanAsync()
    {
        try
        {
            using var reader = new RecordReader(_handle!, new ByteRange(0, Claim.File.Size), _context.Options.Csv, 1, _hash);
            (_plan, _dialect) = await _context.Target.PlanForAsync(reader, Claim, _ending.Stop);
            _isPlanned = true;
        }
        catch (HeaderException failure)
        {
            return await _ending.QuarantineAsync(failure.Message);
        }
        catch (TargetTableException failure)
        {
            return await _ending.FailAsync(failure.Message);
        }

        return null;
    }

    /// <summary>Says in the ledger what the file leaves out, before its last commit ends the claim. A file without a note costs no statement, unless an
    /// earlier claim may have left one.</summary>
    async Task NoteColumnsAsync()
    {
        if (_plan?.Note is not null || (Claim.Epoch > 1 && !_anythingSent))
        {
            await _context.Health.RetryAsync(async token =>
            {
                await ColumnsNoteLedger.WriteAsync(_context.DataSource, Claim, _plan?.Note, token);
                return true;
            }, _ending.Stop);
        }

        _isNoted = true;
    }

    async Task<BatchFiller> StartRangeAsync(ByteRange range, CancellationToken turn)
    {
        var position = new RecordPosition(1, 1);
        if (range.Start > 0)
        {
            position = await _context.Health.RetryAsync(async token =>
            {
                await using var connection = await _context.DataSource.OpenConnectionAsync(token);
                return await new LedgerReader(connection).PositionAtAsync(Claim.FileId, range.Start, token);
            }, turn);
        }

        return new BatchFiller(_handle!, range, position, _plan!, _dialect!, _context.Options, _hash, _context.Time);
    }

    async Task<RowBatch> NewBatchAsync(BatchFiller filler, CancellationToken turn)
    {
        var left = Claim.File.Size - filler.NextOffset;
        var capacity = (int)Math.Min(_context.Options.BatchBytes, 4096 + left + left / 2);
        await _context.Budget.AcquireAsync(capacity, turn);
        return new RowBatch(Claim, _plan!, capacity, _context.Budget)
        {
            Handle = _handle!,
            Dialect = _dialect!,
            Lane = _lane,
            StartOffset = filler.NextOffset,
            FirstRecord = filler.Next.Record,
            FirstLine = filler.Next.Line,
        };
    }

    async Task<LoadResult?> FillAsync()
    {
        _filler!.Fill(_batch!);
        _isFilled = true;
        return _filler.AtEnd && _ranges.Count == 0 ? await LookAgainAsync() : null;
    }

    /// <summary>Does something that needs a processor, not more of them at once than there are.</summary>
    async Task<LoadResult?> InSlotAsync(Func<Task<LoadResult?>> action, CancellationToken turn)
    {
        await _context.ParseSlots.WaitAsync(turn);
        try
        {
            return await action();
        }
        finally
        {
            _context.ParseSlots.Release();
        }
    }

    /// <summary>All of the file is read: is it still the file that was claimed? Then its hash is known, and a batch that is the whole file may
    /// finish it.</summary>
    async Task<LoadResult?> LookAgainAsync()
    {
        if (_filler!.EndedEarly || !IsUnchanged()) return await ChangedAsync();
        _sha256 ??= _hash.Finish(_handle!, Claim.File.Size);
        if (_sha256 is null) return await ChangedAsync();
        if (!_anythingSent) _batch!.WholeFileHash = _sha256;
        return null;
    }

    /// <summary>Takes the lanes' answers.</summary>
    async Task<LoadResult?> CollectAsync(bool wait, CancellationToken turn)
    {
        if (wait) await Task.WhenAll(_inFlight.Select(b => b.Completion)).WaitAsync(turn);
        for (var i = _inFlight.Count - 1; i >= 0; i--)
        {
            var batch = _inFlight[i];
            if (!batch.Completion.IsCompleted) continue;
            var outcome = await batch.Completion;
            _inFlight.RemoveAt(i);
            switch (outcome.Kind)
            {
                case CommitKind.Stale:
                    _isStale = true;
                    continue;
                case CommitKind.Fenced:
                    return _ending.Fenced();
                case CommitKind.Refused:
                    return await _ending.FailAsync(ServerRefusal.OfFile(outcome.Failure!));
            }

            _replans = 0;
            CommittedBytes += batch.EndOffset - batch.StartOffset;
            CommittedRecords += batch.Records;
            if (batch.WholeFileHash is not null)
                return _ending.Loaded(new FileTotals(batch.LoadedCount, batch.RejectCount, batch.SkippedCount));
        }

        return null;
    }

    async Task<LoadResult> FinishAsync()
    {
        if (!IsUnchanged()) return await ChangedAsync();
        _sha256 ??= _hash.Finish(_handle!, Claim.File.Size);
        var reason = Claim.File.Size == 0 ? "the file is empty" : null;
        var totals = await _context.Health.RetryAsync(token => _context.Files.FinishAsync(Claim, _sha256, reason, token), _ending.Stop);
        if (totals is { } all) return _ending.Loaded(all);
        return await _ending.QuarantineAsync(
            "the committed batches do not cover the file without gap or overlap; look at ingest.batch for this file_id and report it as a defect");
    }

    bool IsUnchanged() => FileStat.TryStat(_handle!, Claim.File.Path, out var now)
        && now.IsSameVersionAs(Claim.File)
        && (!FileStat.TryStat(Claim.File.Path, out var atPath)
            || (atPath.IsSameVersionAs(now) && (atPath.Device, atPath.Inode) == (now.Device, now.Inode)));

    Task<LoadResult> ChangedAsync() => _anythingSent
        ? _ending.QuarantineAsync(
            $"the file changed while it was loaded; it had {Counted.Of(Claim.File.Size, "byte")}. Its new state is loaded as a new version "
            + "once it settles. Write files under another name and rename them into place, or raise settleTime.")
        : _ending.PutBackAsync(ClaimEnd.Changed, "the file changed before it was loaded; it settles anew");
}
