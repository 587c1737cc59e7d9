using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Tailing;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Loads one claimed file, a step at a time: opens and plans it, reads and sends its open spans, and ends the claim.
/// Not safe for concurrent use. Nothing is lost if it is disposed early: uncommitted records are read again under another
/// claim.</summary>
public sealed class FileLoader : IAsyncDisposable
{
    readonly FileInWork _file;
    readonly StepGate _gate = new();
    readonly ContentCheck _check;
    readonly LedgerNotes _notes;
    readonly FilePlanning _planning;
    readonly BatchReading _reading;
    readonly BatchSending _sending;
    readonly TailLoading? _tail; // null: the file is complete

    internal FileLoader(FileClaim claim, LoaderContext context)
    {
        _file = new FileInWork(claim, context);
        _check = new ContentCheck(claim, context, _file.Ending);
        _notes = new LedgerNotes(_file);
        _planning = new FilePlanning(_file, _notes);
        _reading = new BatchReading(_file, _planning);
        _sending = new BatchSending(_file, _planning, _reading, _notes);
        if (_file.Tail is { } tail) _tail = new TailLoading(_file, tail, _planning, _reading, _sending, _notes);
    }

    /// <summary>The claim.</summary>
    public FileClaim Claim => _file.Claim;

    /// <summary>How the claim ended; null before <see cref="LoadStep.Done"/>.</summary>
    public LoadResult? Result { get; private set; }

    /// <summary>Bytes of the file that were committed under this claim.</summary>
    public long CommittedBytes => _file.Progress.CommittedBytes;

    /// <summary>Rows and rejects committed under this claim.</summary>
    public long CommittedRecords => _file.Progress.CommittedRecords;

    /// <summary>Works for about <paramref name="budget"/>, then returns so that other files get their turn.</summary>
    /// <param name="budget">The time limit; also ends waits for memory, lanes and the database.</param>
    /// <param name="cancellationToken">Stops at once; the step may be called again.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
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

    /// <summary>Returns the file before a shutdown: waits for the batches that were sent, then makes the file ready for other
    /// nodes.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Result is not null) return;
        await _sending.WhenAnsweredAsync(cancellationToken);
        if (_file.Stage is not null) await _file.Stage.WhenPublishedAsync(cancellationToken);
        await _file.Context.Files.EndClaimAsync(
            Claim, ClaimEnd.Released, "returned by a node that stopped", TimeSpan.Zero, cancellationToken);
        Result = new LoadResult(LoadResultKind.PutBack, Reason: "released");
    }

    /// <summary>Releases the file without waiting, because a shutdown must not wait for an unavailable database. A running step
    /// releases it when it ends, and batches that the lanes still hold keep the file open until they are answered, because they
    /// use its memory.</summary>
    public ValueTask DisposeAsync()
    {
        _gate.Close(LetGo);
        return ValueTask.CompletedTask;
    }

    async Task<LoadStep> StepInsideAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        if (Result is not null) return LoadStep.Done;
        var ending = _file.Ending;
        ending.Stop = cancellationToken;
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Disposed asynchronously, which waits for a running callback: it would cancel a disposed source, and the exception
        // would end the process.
        await using var timer = _file.Context.Time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), turn, budget, Timeout.InfiniteTimeSpan);
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
            Result = await ending.FailAsync(ClaimEnding.CannotBeRead(failure));
        }
        catch (Exception failure) when (failure is BrokenContentException or MetadataException)
        {
            // Batches in flight are valid, and could not commit after the file is quarantined.
            Result = await _sending.CollectAsync(wait: true, cancellationToken) ?? await ending.QuarantineAsync(failure.Message);
        }
        catch (UnauthorizedAccessException)
        {
            Result = await ending.FailAsync(ClaimEnding.NoRightToRead);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Counted and shown like any other failure of the file; otherwise it would be retried forever.
            EngineLog.LoaderFailed(_file.Context.Logger, Claim.Pipeline, Claim.File.Path, Claim.FileId.Value, failure);
            Result = await ending.FailAsync($"a bug in this program; please report it: {failure.Message}");
        }

        return LoadStep.Done;
    }

    void LetGo()
    {
        var parsers = _reading.LetGoAsync();
        _reading.LetGoOfOthers();
        _reading.SettlePace(default);
        _check.Dispose();
        _planning.Append.Dispose();
        List<Task> answers = [parsers, .. _file.Progress.InFlight.Select(b => b.Completion)];
        _file.Progress.InFlight.Clear();
        if (_file.Stage?.Stop() is { } publishing) answers.Add(publishing);
        _file.Close(answers);
    }

    async Task<LoadResult> WorkAsync(CancellationToken turn)
    {
        if (_tail is not null) return await _tail.RunAsync(turn);
        if (_file.Opened is null && await _file.InSlotAsync(_file.OpenAsync, turn) is { } cannotOpen) return cannotOpen;
        await _file.TakeDecoderMemoryAsync(turn);
        if (!_check.IsOver)
        {
            if (await _check.RunAsync(_file.Opened!.Stored, _file.IsUnchanged, turn) is { } repeated) return repeated;
            if (!_file.IsUnchanged()) return await _file.ChangedAsync();
        }

        if (await _planning.CheckOlderAsync(turn) is { } cannotReadOn) return cannotReadOn;
        if (!_planning.IsDone && await _file.InSlotAsync(_planning.PrepareAsync, turn) is { } cannotRead) return cannotRead;
        while (true)
        {
            await _notes.NoteColumnsAsync(_planning.Plan);
            if (await _sending.RunAsync(turn) is { } ended) return ended;
            if (await WhenOthersEndedAsync(turn) is { } doubtful) return doubtful;
            if (!_file.Progress.IsStale && await FinishAsync(turn) is { } finished) return finished;
            _file.Progress.IsStale = true; // also if only the end of the file revealed it
            await _reading.LetGoAsync();
            _reading.LetGoOfOthers();
            if (await _planning.StartOverAsync(turn) is { } cannotGoOn) return cannotGoOn;
        }
    }

    /// <summary>Waits for other nodes that load parts of the file. The parts that they return are read here. If a node does not
    /// answer, the claim ends: the node can then commit nothing more, and the next claim sees what it has committed.</summary>
    async Task<LoadResult?> WhenOthersEndedAsync(CancellationToken turn)
    {
        if (_reading.Others is not { } others) return null;
        await others.WhenEndedAsync(turn);
        if (others.Doubt is { } doubt) return await _file.Ending.PutBackAsync(ClaimEnd.Released, doubt);
        if (others.HasReturned) _file.Progress.IsStale = true;
        return null;
    }

    /// <summary>Null if the table was changed, and the file must be read again.</summary>
    async Task<LoadResult?> FinishAsync(CancellationToken turn)
    {
        if (!_file.IsUnchanged()) return await _file.ChangedAsync();
        var sha256 = _file.FinishHash();
        var end = _file.Progress.End ?? 0;
        if (_file.Stage is { } stage)
        {
            if (_planning.Plan is not null) return await stage.PublishAsync(_planning.Input!, end, sha256, turn);
            if (stage.WouldEmptyTable is { } wouldEmpty) return await _file.Ending.QuarantineAsync(wouldEmpty);
        }

        var reason = _file.Progress.End == 0 ? "the file is empty" : await _planning.Append.RemarkAsync();
        var totals = await _file.Context.Health.RetryAsync(
            token => _file.Context.Files.FinishAsync(Claim, end, _file.Opened!.Unit, sha256, reason, token), _file.Ending.Stop);
        if (totals is { } all) return _file.Ending.Loaded(all);
        return await _file.Ending.QuarantineAsync(
            "the committed batches do not cover the file without gap or overlap; look at ingest.batch for this file_id and "
            + "report it as a bug");
    }
}
