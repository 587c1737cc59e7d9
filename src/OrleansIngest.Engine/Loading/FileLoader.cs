using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Appending;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Loading.Staging;
using OrleansIngest.Engine.Loading.Tailing;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>
/// Loads one claimed file, a step at a time: reads its open spans into batches, hands these to the lanes, and ends the claim.
/// Not safe for concurrent use. Disposing it in the middle loses nothing: what is not committed is read again under another claim.
/// </summary>
public sealed partial class FileLoader : IAsyncDisposable
{
    /// <summary>Changes of the table in a row, with nothing committed in between, before the file fails.</summary>
    const int MostReplans = 25;

    /// <summary>How long a file waits for a table whose definition has to change, and that others have locked.</summary>
    static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    /// <summary>Bytes behind a codec for each stored one, where nobody knows: only the first buffer is measured by it.</summary>
    const long MostDecoded = 16;

    const string TooMuchForOneTransaction =
        "it is more than one transaction takes, or a part of it was loaded before: nothing of it was loaded now; load it "
        + "without --one-transaction";

    readonly LoaderContext _context;
    readonly PipelineOptions _options; // with the size of batches that holds here
    readonly List<PendingBatch> _inFlight = [];
    readonly FileLane _lane = new();
    readonly ContentHash _hash;
    readonly Queue<PositionSpan> _open = new();
    readonly StepGate _gate = new();
    readonly ClaimEnding _ending;
    readonly ContentCheck _check;
    readonly PipelinePace.Amount _fullBatch;
    readonly AppendCheck _append;
    FileStage? _stage; // null: rows go to their table at once
    readonly FileTarget _target;
    OpenedInput? _opened;
    CopyPlan? _plan;
    RecordInput? _input;
    RowMetadata? _metadata;
    IBatchReader? _reader;
    EncodedRows? _rows;
    PendingBatch? _batch;
    bool _isPlanned;
    bool _anythingSent;
    bool _isStale;
    int _replans;       // in a row, without anything committed in between
    long _committed;    // positions, of earlier claims too
    long? _end;         // where the input ends, in its unit; null until it is known
    long _decoderBytes; // taken from the budget for decoders
    byte[]? _sha256;
    bool _isNoted;
    bool _isInputNoted;
    PipelinePace.Amount? _paid; // for the batch that is being filled

    internal FileLoader(FileClaim claim, LoaderContext context)
    {
        Claim = claim;
        _context = context;
        _ending = new ClaimEnding(claim, context);
        _check = new ContentCheck(claim, context, _ending);
        var mayGrow = context.Options.ReadsOn && !IsPipe && claim.Archive is null;
        _hash = new ContentHash { End = mayGrow ? claim.File.Size : long.MaxValue };
        _append = new AppendCheck(claim, context, _ending);
        _target = new FileTarget(claim, context);
        _stage = FileStage.Of(claim, context, _ending);
        _options = context.InOneTransaction ? SingleTransactionLoad.Of(context.Options) : context.Options;
        _fullBatch = new PipelinePace.Amount(_options.BatchRecords, _options.BatchBytes);
        _anythingSent = claim.Committed.Count > 0;
        if (!claim.IsTailed || IsPipe || claim.IsReplacement || claim.Archive is not null) return;
        _tail = new TailState(claim, _options, context.Time);
        _tailStart = new TailStart(claim, context, _ending, _tail);
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
        if (_stage is not null) await _stage.WhenPublishedAsync(cancellationToken);
        await _context.Files.EndClaimAsync(Claim, ClaimEnd.Released, "returned by a node that stopped", TimeSpan.Zero, cancellationToken);
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
        // Disposed asynchronously, which waits for a callback under way: it would cancel what is disposed next, and end the process.
        await using var timer = _context.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), turn, budget, Timeout.InfiniteTimeSpan);
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
        catch (Exception failure) when (failure is BrokenContentException or MetadataException)
        {
            // What is on its way is sound: once the file is quarantined it could not commit any more.
            Result = await CollectAsync(wait: true, cancellationToken) ?? await _ending.QuarantineAsync(failure.Message);
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
        SettlePace(default);
        _hash.Dispose();
        _check.Dispose();
        _append.Dispose();
        if (_opened is null) _tail?.Dispose(); // else the file is closed with its input
        var (opened, left) = (_opened, _inFlight.ToArray());
        _opened = null;
        _inFlight.Clear();
        Task[] answers = [.. left.Select(b => b.Completion), .. _stage?.Stop() is { } publishing ? [publishing] : Array.Empty<Task>()];
        if (answers.Length == 0) opened?.Dispose();
        else _ = CloseWhenAnsweredAsync(answers, opened);
        if (_decoderBytes > 0) _context.DecoderBudget.Release(_decoderBytes);
        _decoderBytes = 0;
    }

    void LetGoOfBatch()
    {
        _rows?.Dispose();
        _reader?.Dispose();
        (_rows, _batch, _reader) = (null, null, null);
    }

    static async Task CloseWhenAnsweredAsync(Task[] answers, OpenedInput? opened)
    {
        foreach (var answer in answers) await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        opened?.Dispose();
    }

    async Task<LoadResult> WorkAsync(CancellationToken turn)
    {
        if (_tail is not null) return await TailAsync(_tail, turn);
        if (_opened is null && await InSlotAsync(OpenAsync, turn) is { } cannotOpen) return cannotOpen;
        if (_decoderBytes == 0 && _opened!.DecoderBytes > 0) await TakeDecoderMemoryAsync(turn);
        if (!_check.IsOver)
        {
            if (await _check.RunAsync(_opened!.Stored, IsUnchanged, turn) is { } repeated) return repeated;
            if (!IsUnchanged()) return await ChangedAsync();
        }

        if (!_isPlanned && _options.ReadsOn)
        {
            if (await _append.RunAsync(_opened!, _hash, turn) is { } cannotReadOn) return cannotReadOn;
            if (!IsUnchanged()) return await ChangedAsync();
            if (_append.Replaces) _stage ??= FileStage.InPlaceOfOlder(Claim, _context, _ending);
        }

        if (!_isPlanned && await InSlotAsync(PrepareAsync, turn) is { } cannotRead) return cannotRead;
        while (true)
        {
            if (!_isNoted) await NoteColumnsAsync();
            if (await SendAsync(turn) is { } ended) return ended;
            if (!_isStale && await FinishAsync(turn) is { } finished) return finished;
            _isStale = true; // also where only the end has found it out
            if (await StartOverAsync(turn) is { } cannotGoOn) return cannotGoOn;
        }
    }

    /// <summary>Not in a slot: those who have the memory need slots to go on.</summary>
    async Task TakeDecoderMemoryAsync(CancellationToken turn)
    {
        await _context.DecoderBudget.AcquireAsync(_opened!.DecoderBytes, turn);
        _decoderBytes = _opened.DecoderBytes;
    }

    /// <summary>Reads what is open and sends it, and waits for the answers; until the table turns out to have changed.</summary>
    async Task<LoadResult?> SendAsync(CancellationToken turn)
    {
        while (true)
        {
            if (await CollectAsync(wait: false, turn) is { } ended) return ended;
            if (_isStale) break;
            if (_reader is null)
            {
                if (!_open.TryPeek(out var span)) break;
                _reader = await StartSpanAsync(span, turn); // asks the database, and is cut off when that is away for longer than a step
                _open.Dequeue();
            }

            if (_batch is null)
            {
                if (_rows is null && _paid is null && _context.Pace is { } pace) await pace.TakeAsync(_fullBatch, turn);
                if (_context.Pace is not null) _paid = _fullBatch;
                _rows ??= await NewRowsAsync(_reader, turn);
                if (await InSlotAsync(FillAsync, turn) is { } changed) return changed;
            }

            if (_batch is not null)
            {
                // Records with one key must arrive in file order: a batch is sent when the one before it is committed.
                if ((_plan!.Merge is not null || _tail is not null) && await CollectAsync(wait: true, turn) is { } over) return over;
                if (_isStale) break;
                if (_plan.Wider?.Concerns(_batch.Rows) == true && await WidenAsync() is var (isOther, busy) && (isOther || busy is not null))
                {
                    if (busy is not null) return await CollectAsync(wait: true, turn) ?? await BusyAsync(busy);
                    _isStale = true;
                    break;
                }

                await SendBatchAsync(_batch, turn);
            }

            if (_reader is { AtEnd: true })
            {
                _reader.Dispose();
                _reader = null;
            }

            turn.ThrowIfCancellationRequested();
        }

        return await CollectAsync(wait: true, turn);
    }

    /// <summary>Records of the batch that is to be sent have values that a wider column would hold.</summary>
    /// <returns>Whether the table is another one now; or why it cannot be yet, because others have it locked.</returns>
    async Task<(bool IsOther, string? Busy)> WidenAsync()
    {
        try
        {
            var isOther = await _context.Target.Drift.WidenAsync(_plan!, Claim, _ending.Stop);
            if (isOther) _replans = 0; // there are few types, and each is wider than the one before
            return (isOther, null);
        }
        catch (TableBusyException failure)
        {
            return (false, failure.Message);
        }
    }

    /// <summary>Others have the table locked: the next step asks again, or the file comes later.</summary>
    async Task<LoadResult> BusyAsync(string reason)
    {
        if (!_context.WaitsForTable) return await _ending.PostponeAsync(reason, BusyWait);
        _replans = 0; // the table has not changed
        throw new OperationCanceledException(reason);
    }

    async Task SendBatchAsync(PendingBatch batch, CancellationToken turn)
    {
        SettlePace(new PipelinePace.Amount(batch.Rows.Records, batch.Rows.Length));
        if (!_isInputNoted && batch.WholeFileHash is null) await NoteInputAsync(InputNotes.Of(_input!, _end));
        await _context.Lanes.EnqueueAsync(batch, turn);
        CrashPoint.Hit("enqueued");
        _inFlight.Add(batch);
        _anythingSent = true;
        (_rows, _batch) = (null, null);
    }

    void SettlePace(PipelinePace.Amount used)
    {
        if (_paid is { } paid) _context.Pace?.Settle(paid, used);
        _paid = null;
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
        FindOpen(ranges);
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
            _opened = _context.Pipes.TryGetValue(Claim.File.Path, out var pipe)
                ? OpenedInput.Open(pipe, _context.Options, _hash)
                : OpenedInput.Open(Claim, _context.Options, _hash, _context.IdleArchives);
            foreach (var point in Claim.RestartPoints) _opened.Content.Learn(point);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            if (IsPipe) return await _ending.QuarantineAsync(ClaimEnding.PipeIsGone);
            return _anythingSent && _stage is null
                ? await _ending.QuarantineAsync($"the file is gone after {Claim.Committed.Sum(r => r.Length)} of {Counted.Of(Claim.File.Size, "byte")} were loaded")
                : await _ending.PutBackAsync(ClaimEnd.Vanished, "the file is gone");
        }

        return IsUnchanged() ? null : await ChangedAsync();
    }

    /// <summary>Finds what is open, and makes the file's plan; returns a result when that is not possible.</summary>
    async Task<LoadResult?> PrepareAsync()
    {
        if ((Claim.File.Size == 0 && !IsPipe) || _opened!.Unit == PositionUnit.Byte) _end = Claim.File.Size;
        if (Claim.Committed.Count > 0 && Claim.Unit != _opened!.Unit) return await _ending.QuarantineAsync(ClaimEnding.OtherUnit(Claim.Unit, _opened.Unit));
        if (IsPipe && _opened!.IsEmpty) _end = 0;
        FindOpen(await CommittedAsync());
        _isPlanned = _end == 0;
        if (_isPlanned) return null;
        if (_opened!.Refusal() is { } refusal) return await _ending.QuarantineAsync(refusal);
        if (_opened.Archive is not null) return await ExpandAsync();
        if (await HeldAsync() is { } held) return held;
        return await PlanAsync();
    }

    /// <summary>A changed file that is to be looked at by somebody first.</summary>
    async Task<LoadResult?> HeldAsync()
    {
        if (_options.OnChange != ChangePolicy.Quarantine || Claim.Version <= 1 || Claim.IsForced || Claim.Committed.Count > 0) return null;
        var older = await _context.Health.RetryAsync(token => HeldChanges.OlderAsync(_context.DataSource, Claim, token), _ending.Stop);
        return older is null ? null : await _ending.QuarantineAsync(
            $"the file has changed after {older} was loaded, whose rows are in the table (onChange: quarantine): ingest retry adds all rows of this version, "
            + $"ingest skip leaves it out; ingest undo takes those of the older one out first",
            (connection, token) => HeldChanges.NoteAsync(connection, Claim, token));
    }

    /// <summary>An archive: its files become files of the ledger.</summary>
    async Task<LoadResult> ExpandAsync()
    {
        var listing = _opened!.List();
        if (!IsUnchanged()) return await ChangedAsync();
        _sha256 ??= _hash.Finish(_opened.Stored, Claim.File.Size);
        foreach (var skipped in listing.Skipped)
            EngineLog.MemberSkipped(_context.Logger, Claim.Pipeline, Claim.File.Path, skipped);
        return listing.Entries.Count == 0
            ? await _ending.QuarantineAsync("the archive has no file that could be data" + (listing.Skipped is [var first, ..] ? $" (skipped: {first})" : ""))
            : await _ending.ExpandAsync([.. listing.Entries.Select(e => new ArchiveMember(e.Name, e.StoredSize))], _sha256);
    }

    void FindOpen(IReadOnlyList<PositionSpan> committed)
    {
        _open.Clear();
        _committed = committed.Sum(r => r.Length);
        foreach (var span in OpenRanges.Of(_end ?? PositionSpan.Open, committed)) _open.Enqueue(span);
    }

    async Task<LoadResult?> PlanAsync()
    {
        try
        {
            (_plan, var layout) = await _target.PlanForAsync(_opened!, mayMake: !_anythingSent || _stage is not null, _ending.Stop);
            if (!await _target.NoteAsync(_plan, _ending.Stop)) return _ending.Fenced();
            _input = _opened!.InputFor(layout);
            if (_append.Base is not null && !_anythingSent && await ReadOnAsync() is { } cannotReadOn) return cannotReadOn;
            if (await StageAsync() is { } cannotStage) return cannotStage;
            _metadata = RowMetadata.Of(_plan, new FileFacts(Claim.File.Path, Claim.FileId.Value, Claim.Version, _context.Time.GetUtcNow()));
            _isPlanned = true;
            if (_plan.Merge is not null && _open.Count > 1) return await _ending.QuarantineAsync(MergeFactory.OtherOrder);
        }
        catch (Exception failure) when (failure is HeaderException or LayoutException or MetadataException)
        {
            return await _ending.QuarantineAsync(failure.Message);
        }
        catch (TargetTableException failure)
        {
            if (!IsUnchanged()) return await ChangedAsync();
            return failure.IsOfTheFile ? await _ending.QuarantineAsync(failure.Message) : await _ending.FailAsync(failure.Message);
        }
        catch (TableBusyException failure)
        {
            return await BusyAsync(failure.Message);
        }

        return null;
    }

    /// <summary>A file that goes on where an older version ends: nothing of that one is sent again.</summary>
    async Task<LoadResult?> ReadOnAsync()
    {
        if (!IsUnchanged()) return await ChangedAsync();
        if (await _append.EvaluateAsync(_input! with { Content = Readable }) is { } ended) return ended;
        if (_append.Replaces) _stage ??= FileStage.InPlaceOfOlder(Claim, _context, _ending);
        if (_append.Base is not { } older) return null;
        await NoteInputAsync(InputNotes.Of(_input!, _end));
        if (!await _append.BeginAsync()) return _ending.Fenced();
        _anythingSent = true;
        FindOpen([new PositionSpan(0, older.Size)]);
        return null;
    }

    /// <summary>What is committed and stays so.</summary>
    async Task<IReadOnlyList<PositionSpan>> CommittedAsync()
    {
        if (_stage is not null) return Claim.Committed; // the stage knows better once there is a plan
        var committed = await FileStage.CommittedWithoutAsync(Claim, _context, _ending.Stop);
        _anythingSent = committed.Count > 0;
        return committed;
    }

    /// <summary>A file with a stage: batches go there, and what is committed is what the stage has.</summary>
    async Task<LoadResult?> StageAsync()
    {
        if (_stage is null) return null;
        var (plan, committed, ended) = await _stage.OpenAsync(_plan!, anew: _isStale);
        if (ended is not null) return ended;
        _plan = plan;
        _anythingSent = committed.Count > 0;
        FindOpen(committed);
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

        if (_plan is not null) await _context.Target.Drift.ReportAsync(_plan, Claim, _ending.Stop);
        _isNoted = true;
    }

    /// <summary>Says in the ledger what the positions of the first batch will count, and what was found; a plain input costs no statement, unless
    /// an earlier claim took it for another one.</summary>
    async Task NoteInputAsync(InputNote note)
    {
        if (!note.IsPlain || note.Unit != Claim.Unit)
            await _context.Health.RetryAsync(token => _context.Files.NoteInputAsync(Claim, note, token), _ending.Stop);
        _isInputNoted = true; // a claim that is not in force is found out by the commit
    }

    async Task<IBatchReader> StartSpanAsync(PositionSpan span, CancellationToken turn)
    {
        var position = new RecordPosition(1, _input!.Format.HasLines ? 1 : 0);
        if (_tail?.Next is { } next && next.Offset == span.Start)
        {
            position = next.Position;
        }
        else if (span.Start > 0)
        {
            position = await _context.Health.RetryAsync(async token =>
            {
                await using var connection = await _context.DataSource.OpenConnectionAsync(token);
                return await new LedgerReader(connection).PositionAtAsync(Claim.FileId, span.Start, token);
            }, turn);
        }

        var input = _input! with { Content = Readable };
        return BatchReaderFactory.Open(input, span, position, _plan!, _options, _context.Time);
    }

    async Task<EncodedRows> NewRowsAsync(IBatchReader reader, CancellationToken turn)
    {
        var left = _end is { } end && _opened!.Unit == PositionUnit.Byte ? end - reader.NextOffset : MostDecoded * Claim.File.Size;
        var capacity = (int)Math.Min(_options.BatchBytes, 4096 + left + left / 2);
        await _context.Budget.AcquireAsync(capacity, turn);
        return new EncodedRows(_plan!, capacity, _context.Budget, _input!.IsForwardOnly || _tail is not null)
        {
            Metadata = _metadata,
            StartOffset = reader.NextOffset,
            FirstRecord = reader.Next.Record,
            FirstLine = reader.Next.Line,
        };
    }

    async Task<LoadResult?> FillAsync()
    {
        _reader!.Fill(_rows!);
        if (_opened!.Unit == PositionUnit.DecodedByte) _rows!.RestartPoint = _opened.Content.RestartBefore(_rows.EndOffset);
        var isLast = _reader.AtEnd && _open.Count == 0;
        if (_context.InOneTransaction && (!isLast || _anythingSent))
            return await _ending.QuarantineAsync(TooMuchForOneTransaction);
        if (isLast) _end ??= _reader.NextOffset; // the last span is the open one; those before it are gaps between committed ones
        if (_rows!.EndOffset > _rows.StartOffset)
        {
            _batch = new PendingBatch(Claim, _rows, _input!, _lane);
        }
        else
        {
            _rows.Dispose(); // the end that was looked for is where the span began
            _rows = null;
        }

        if (_tail is not null)
        {
            CheckTail(_tail);
            return null;
        }

        return isLast ? await LookAgainAsync() : null;
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
        if (_reader!.EndedEarly || !IsUnchanged()) return await ChangedAsync();
        _sha256 ??= _hash.Finish(_opened!.Stored, Claim.File.Size);
        if (_sha256 is null) return await ChangedAsync();
        if (_opened!.Remark is { } remark)
            EngineLog.ContentRemarked(_context.Logger, Claim.Pipeline, Claim.File.Path, Claim.FileId.Value, remark);
        if (!_anythingSent && _batch is not null && _stage is null) _batch.WholeFileHash = _sha256;
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
            if (_input!.Unit == PositionUnit.Byte) CommittedBytes += batch.Rows.EndOffset - batch.Rows.StartOffset;
            CommittedRecords += batch.Rows.Records;
            _committed += batch.Rows.EndOffset - batch.Rows.StartOffset;
            _stage?.Count(batch.Rows);
            if (batch.WholeFileHash is not null)
                return _ending.Loaded(new FileTotals(batch.Rows.LoadedCount, batch.Rows.RejectCount, batch.Rows.SkippedCount));
        }

        // What is on its way first: the file's rejects are to be seen, and counted.
        if (_stage?.Beyond(BytesLeft) is { } beyond)
            return (_inFlight.Count > 0 ? await CollectAsync(wait: true, turn) : null) ?? await _ending.QuarantineAsync(beyond);
        return null;
    }

    long? BytesLeft => _end is { } end && _opened!.Unit == PositionUnit.Byte ? end - _committed : null;

    /// <summary>Null: the table was changed, and the file is read again.</summary>
    async Task<LoadResult?> FinishAsync(CancellationToken turn)
    {
        if (!IsUnchanged()) return await ChangedAsync();
        _sha256 ??= _hash.Finish(_opened!.Stored, Claim.File.Size);
        if (_stage is not null && _plan is not null) return await _stage.PublishAsync(_input!, _end ?? 0, _sha256, turn);
        if (_stage?.WouldEmptyTable is { } wouldEmpty) return await _ending.QuarantineAsync(wouldEmpty);
        var reason = _end == 0 ? "the file is empty" : await _append.RemarkAsync();
        var totals = await _context.Health.RetryAsync(
            token => _context.Files.FinishAsync(Claim, _end ?? 0, _opened!.Unit, _sha256, reason, token), _ending.Stop);
        if (totals is { } all) return _ending.Loaded(all);
        return await _ending.QuarantineAsync(
            "the committed batches do not cover the file without gap or overlap; look at ingest.batch for this file_id and report it as a defect");
    }

    ByteContent Readable => _tail is null ? _opened!.Content : _opened!.Stored; // of a file that grows, more than when it was opened

    bool IsPipe => PipeInput.IsOne(Claim.File.Path);

    /// <summary>With <c>onChange: append</c>, lines that were added are a matter of the next version.</summary>
    bool IsUnchanged() => _opened!.IsStill(Claim.Archive ?? Claim.File)
        || _tail is not null || (_options.ReadsOn && Claim.Archive is null && _opened!.HasGrown(Claim.File));

    Task<LoadResult> ChangedAsync() => _anythingSent
        ? _ending.QuarantineAsync(
            $"the file changed while it was loaded; it had {Counted.Of(Claim.File.Size, "byte")}. Its new state is loaded as a new version "
            + "once it settles. Write files under another name and rename them into place, or raise settleTime.")
        : _ending.PutBackAsync(ClaimEnd.Changed, "the file changed before it was loaded; waiting for it to settle");
}
