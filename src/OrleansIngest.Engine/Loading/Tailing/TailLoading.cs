using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>Loads files while they grow (<c>tail: true</c>): a claim with an open end. Complete records are sent like those of
/// any span, one batch after the other, so that the committed part is always the beginning of the file; then the loader waits
/// for more, without a slot.</summary>
sealed class TailLoading(
    FileInWork file, TailState tail, FilePlanning planning, BatchReading reading, BatchSending sending, LedgerNotes notes)
{
    /// <summary>Maximum number of complete bytes to send before the file is checked again.</summary>
    const long MostAtOnce = 8 << 20;

    readonly TailStart _start = new(file.Claim, file.Context, file.Ending, tail);
    readonly TailEnd _ending = new(file, tail, planning, sending);

    FileClaim Claim => file.Claim;

    FileProgress Progress => file.Progress;

    /// <summary>Follows the file until its claim ends.</summary>
    /// <param name="turn">Ends the step; the next call resumes.</param>
    public async Task<LoadResult> RunAsync(CancellationToken turn)
    {
        if (tail.File is null && await FindTailAsync(turn) is { } cannotFind) return cannotFind;
        if (!tail.IsProven)
        {
            tail.IsCut = Claim.Committed.Count > 0 && !await _start.IsSameAsync(turn);
            if (!tail.IsCut) tail.File!.Mark(Progress.Committed);
            tail.IsProven = true;
        }

        while (true)
        {
            if (tail.SendsTo is { } to)
            {
                if (await SendTailAsync(to, turn) is { } ended) return ended;
                continue;
            }

            var look = tail.IsCut ? default : tail.File!.Observe();
            if (tail.IsCut || look.IsCut) return await _ending.CutAsync();
            if (await NextTailAsync(look, turn) is { } over) return over;
        }
    }

    /// <summary>Opens the file of the claim, also if it was renamed within its directory.</summary>
    async Task<LoadResult?> FindTailAsync(CancellationToken turn)
    {
        Progress.FindOpen(Claim.Committed);
        if (Progress.Open.Count > 0 && Claim.Committed is [{ Start: > 0 }, ..] or [_, _, ..])
            return await file.Ending.QuarantineAsync(
                "its committed part is not its beginning, so it cannot be followed; report it as a bug");
        tail.File = TailedFile.OpenHere(Claim.File) ?? await OpenRenamedAsync(turn);
        if (tail.File is null && Progress.Committed > 0 && TailedFile.Open(Claim.File.Path) is { } other)
        {
            // A mount may have renumbered the inode: the bytes decide.
            tail.File = other;
            if (await _start.IsSameAsync(turn) && tail.Proof is not null)
            {
                await file.Context.Health.RetryAsync(
                    token => TailLedger.AdoptAsync(file.Context.DataSource, Claim, other.Opened, token), turn);
            }
            else
            {
                other.Dispose();
                tail.File = null;
                tail.ForgetHash();
            }
        }

        if (tail.File is null) return await _ending.LostAsync();
        tail.Ends = Ends(Progress.Committed);
        return null;
    }

    async Task<TailedFile?> OpenRenamedAsync(CancellationToken turn)
    {
        if (Claim.File.Inode == 0) return null;
        var changed = await file.Context.Health.RetryAsync(
            token => TailLedger.ChangeTimeAsync(file.Context.DataSource, Claim.FileId, token), turn);
        return TailedFile.OpenRenamed(Claim.File with { ChangedNanoseconds = changed });
    }

    /// <summary>Looks for complete records; if there are none, waits or stops following the file.</summary>
    async Task<LoadResult?> NextTailAsync(TailObservation look, CancellationToken turn)
    {
        if (file.Opened is null && tail.Ends!.Last == 0 && look.Seen.Size > 0
            && TailRefusal.OfBytes(tail.File!.All, Claim.File.Path, file.Options) is { } refusal)
            return await file.Ending.QuarantineAsync(refusal);
        if (look.Seen.Size > tail.Ends!.Last)
        {
            await file.InSlotAsync(() =>
            {
                tail.Ends.Find(tail.File!.All, look.Seen.Size, Math.Max(Progress.Committed, tail.Ends.Last) + MostAtOnce);
                return Task.FromResult<LoadResult?>(null);
            }, turn);
        }

        tail.Note(look.Seen, isAll: tail.Ends.Last + MostAtOnce > look.Seen.Size);
        var (end, line) = (tail.Ends.Last, tail.Ends.LastLine);
        var readOut = look.IsAway && tail.IsReadOut;
        if (readOut && look.Seen.Size > end && !await IsFollowedAsAnotherAsync(turn))
            (end, line) = (look.Seen.Size, 0); // its last line will never be completed
        if (!planning.IsDone && (Progress.Committed > 0 || end > 0) && IsEnoughToPlan(end))
            return await PlanTailAsync(Math.Max(end, Progress.Committed), turn);
        if (planning.IsDone && end > Progress.Committed)
        {
            tail.File!.End = end;
            (Progress.End, tail.SendsTo, tail.LineThere) = (end, end, line);
            Progress.Open.Clear();
            Progress.Open.Enqueue(new PositionSpan(Progress.Committed, end));
            return null;
        }

        if (readOut) return await _ending.QuietAsync(look.Seen, "rotated", "it was renamed or deleted, and read to its end");
        // A renamed file is read out soon, and only then its last line counts.
        if (tail.IsIdle && !look.IsAway && await _ending.QuietAsync(look.Seen, "idle", null) is { } idle) return idle;
        if (file.Context.IsFull() && tail.MayYield()
            && await file.Context.Health.RetryAsync(token => TailLedger.OthersWaitAsync(file.Context.DataSource, token),
                turn) is > 0 and var others)
        {
            // Files are claimed by age. Without this delay for each waiting file, the oldest files would keep the places among
            // themselves.
            return await file.Ending.PostponeAsync("paused so that waiting files can be loaded; following resumes after them",
                others * TailState.ShortestPlace);
        }

        await Task.Delay(tail.Pause, file.Context.Time, turn);
        return null;
    }

    /// <summary>Whether the file was opened under a name that has a version of its own. Then its last line may be completed: it
    /// may be a new file with the inode of a deleted one.</summary>
    async ValueTask<bool> IsFollowedAsAnotherAsync(CancellationToken turn) =>
        tail.File!.OpenedAs != tail.File.Path
            && await file.Context.Health.RetryAsync(
                token => TailLedger.HasVersionAsync(file.Context.DataSource, Claim.Pipeline,
                    tail.File.Opened with { Path = tail.File.OpenedAs }, token), turn);

    /// <summary>Whether the header, and a record that shows the number of fields, are complete.</summary>
    bool IsEnoughToPlan(long end)
    {
        if (Progress.Committed > 0) return true;
        var records = tail.Ends!.Count + (end > tail.Ends.Last ? 1 : 0);
        return records > (file.Options.Format == Pipelines.InputFormat.Ndjson ? 0
            : (file.Options.Csv.HeaderLines ?? 1) + (file.Options.Csv.SkipLines ?? 0))
            || (records > 0 && file.Options.Format == Pipelines.InputFormat.Auto
                && JsonDetection.Of(tail.File!.All, file.Options.Json) is not null);
    }

    /// <summary>Detects the layout from the complete part.</summary>
    async Task<LoadResult?> PlanTailAsync(long end, CancellationToken turn)
    {
        tail.File!.End = end;
        file.Opened ??= OpenedInput.Open(tail.File, file.Options);
        file.Opened.LayoutEnd = end;
        if (TailRefusal.Of(file.Opened) is { } refusal) return await file.Ending.QuarantineAsync(refusal);
        if (Claim.Committed.Count == 0 && !Claim.IsForced)
        {
            var (older, ended) = await _start.OriginAsync(end, tail.File.Observe().Seen.Size, turn);
            if (ended is not null) return ended;
            planning.Append.Base = older;
            if (older is not null) (file.Opened.Kept, file.Opened.LayoutEnd) = (file.Opened.Kept ?? older.Kept, older.Size);
        }

        Progress.End = end;
        Progress.FindOpen(Claim.Committed);
        if (await file.InSlotAsync(planning.PlanAsync, turn) is { } cannotPlan) return cannotPlan;
        Progress.Open.Clear();
        if (!notes.IsInputNoted) await notes.NoteInputAsync(InputNotes.Of(planning.Input!, null));
        if (Progress.Committed > 0) tail.Next = (Progress.Committed, await reading.PositionAtAsync(Progress.Committed, turn));
        tail.Ends = Ends(Progress.Committed);
        return null;
    }

    async Task<LoadResult?> SendTailAsync(long end, CancellationToken turn)
    {
        while (true)
        {
            await notes.NoteColumnsAsync(planning.Plan);
            if (await sending.RunAsync(turn) is { } ended) return ended;
            if (!Progress.IsStale) break;
            await reading.LetGoAsync();
            if (await planning.StartOverAsync(turn) is { } cannotGoOn) return cannotGoOn;
        }

        tail.SendsTo = null;
        if (tail.IsCut) return null;
        if (Progress.Committed != end)
            return await file.Ending.QuarantineAsync(
                $"it was sent up to byte {end}, but committed up to byte {Progress.Committed}; report it as a bug");
        CrashPoint.Hit("followed");
        tail.CountBatch();
        if (!tail.IsFoldDue) return null;
        await file.Context.Health.RetryAsync(
            token => TailLedger.FoldAsync(file.Context.DataSource, Claim, keep: 16, token), turn);
        tail.NoteFold(); // not before: the turn may end meanwhile, and then the next batch tries again
        return null;
    }

    RecordEnds Ends(long committed)
    {
        var line = tail.Next is { } next && next.Offset == committed ? next.Position.Line : 1;
        if (planning.Input is not { } input)
        {
            var told = CsvDialect.Of(file.Options.Csv);
            return file.Options.Format == Pipelines.InputFormat.Ndjson
                ? new RecordEnds(null, file.Options.Json.MaxRecordBytes, committed, line)
                : new RecordEnds(new DialectBytes(told), told.MaxRecordBytes, committed, line);
        }

        if (input.Layout is not CsvLayout csv) return new RecordEnds(null, file.Options.Json.MaxRecordBytes, committed, line);
        return committed < csv.BodyStart
            ? new RecordEnds(csv.Signs, csv.Dialect.MaxRecordBytes, csv.BodyStart, csv.BodyLine)
            : new RecordEnds(csv.Signs, csv.Dialect.MaxRecordBytes, committed, line);
    }
}
