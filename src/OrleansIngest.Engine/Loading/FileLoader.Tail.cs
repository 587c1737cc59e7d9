using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Tailing;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading;

/// <summary>Files that are followed while they grow (<c>tail: true</c>): a claim with an open end. What is complete is sent as any span is, one batch after the
/// other, so that what is committed is always a beginning of the file; then the loader waits for more, without a slot.</summary>
public sealed partial class FileLoader
{
    /// <summary>Complete bytes that are sent before the next look.</summary>
    const long MostAtOnce = 8 << 20;

    readonly TailState? _tail; // null: the file is complete
    readonly TailStart? _tailStart;

    async Task<LoadResult> TailAsync(TailState tail, CancellationToken turn)
    {
        if (tail.File is null && await FindTailAsync(tail, turn) is { } cannotFind) return cannotFind;
        if (!tail.IsProven)
        {
            tail.IsCut = Claim.Committed.Count > 0 && !await _tailStart!.IsSameAsync(turn);
            if (!tail.IsCut) tail.File!.Mark(_committed);
            tail.IsProven = true;
        }

        while (true)
        {
            if (tail.SendsTo is { } to)
            {
                if (await SendTailAsync(tail, to, turn) is { } ended) return ended;
                continue;
            }

            var look = tail.IsCut ? default : tail.File!.Observe();
            if (tail.IsCut || look.IsCut) return await EndCutAsync(tail);
            if (await NextTailAsync(tail, look, turn) is { } over) return over;
        }
    }

    /// <summary>Opens the file of the claim, wherever it was renamed to.</summary>
    async Task<LoadResult?> FindTailAsync(TailState tail, CancellationToken turn)
    {
        FindOpen(Claim.Committed);
        if (_open.Count > 0 && Claim.Committed is [{ Start: > 0 }, ..] or [_, _, ..])
            return await _ending.QuarantineAsync("a part of it is committed that is not its beginning: it cannot be followed; report it as a defect");
        tail.File = TailedFile.Find(Claim.File);
        if (tail.File is null && _committed > 0 && TailedFile.Open(Claim.File.Path) is { } other)
        {
            // Numbered anew by a mount, perhaps: the bytes tell.
            tail.File = other;
            if (await _tailStart!.IsSameAsync(turn) && tail.Proof is not null)
            {
                await _context.Health.RetryAsync(token => TailLedger.AdoptAsync(_context.DataSource, Claim, other.Opened, token), turn);
            }
            else
            {
                other.Dispose();
                tail.File = null;
                tail.ForgetHash();
            }
        }

        if (tail.File is null) return await EndLostAsync();
        tail.Ends = Ends(tail, _committed);
        return null;
    }

    /// <summary>Looks for records that have become complete; waits, or ends following it, when there are none.</summary>
    async Task<LoadResult?> NextTailAsync(TailState tail, TailObservation look, CancellationToken turn)
    {
        if (_opened is null && tail.Ends!.Last == 0 && look.Seen.Size > 0 && TailRefusal.OfBytes(tail.File!.All, Claim.File.Path, _options) is { } refusal)
            return await _ending.QuarantineAsync(refusal);
        if (look.Seen.Size > tail.Ends!.Last)
        {
            await InSlotAsync(() =>
            {
                tail.Ends.Find(tail.File!.All, look.Seen.Size, Math.Max(_committed, tail.Ends.Last) + MostAtOnce);
                return Task.FromResult<LoadResult?>(null);
            }, turn);
        }

        tail.Note(look.Seen, isAll: tail.Ends.Last + MostAtOnce > look.Seen.Size);
        var (end, line) = (tail.Ends.Last, tail.Ends.LastLine);
        var readOut = look.IsAway && tail.IsReadOut;
        if (readOut && look.Seen.Size > end) (end, line) = (look.Seen.Size, 0); // nobody completes its last line
        if (!_isPlanned && (_committed > 0 || end > 0) && IsEnoughToPlan(tail, end)) return await PlanTailAsync(tail, Math.Max(end, _committed), turn);
        if (_isPlanned && end > _committed)
        {
            tail.File!.End = end;
            (_end, tail.SendsTo, tail.LineThere) = (end, end, line);
            _open.Clear();
            _open.Enqueue(new PositionSpan(_committed, end));
            return null;
        }

        if (readOut) return await EndTailAsync(tail, look.Seen, "rotated", "it was renamed or deleted, and read to its end");
        if (tail.IsIdle && await EndTailAsync(tail, look.Seen, "idle", null) is { } idle) return idle;
        if (_context.IsFull() && tail.MayYield()
            && await _context.Health.RetryAsync(token => TailLedger.OthersWaitAsync(_context.DataSource, token), turn) is > 0 and var others)
        {
            // Files are claimed by age: all of those that wait have their turn before it, or the oldest ones would share the places among them.
            return await _ending.PostponeAsync("gave its place to files that wait; it is followed again after them", others * TailState.ShortestPlace);
        }

        await Task.Delay(tail.Pause, _context.Time, turn);
        return null;
    }

    /// <summary>Whether the header, and a record that tells how many fields there are, are complete.</summary>
    bool IsEnoughToPlan(TailState tail, long end)
    {
        if (_committed > 0) return true;
        var records = tail.Ends!.Count + (end > tail.Ends.Last ? 1 : 0);
        return records > (_options.Format == Pipelines.InputFormat.Ndjson ? 0 : (_options.Csv.HeaderLines ?? 1) + (_options.Csv.SkipLines ?? 0))
            || (records > 0 && _options.Format == Pipelines.InputFormat.Auto && JsonDetection.Of(tail.File!.All, _options.Json) is not null);
    }

    /// <summary>What is complete tells how the file is laid out.</summary>
    async Task<LoadResult?> PlanTailAsync(TailState tail, long end, CancellationToken turn)
    {
        tail.File!.End = end;
        _opened ??= OpenedInput.Open(tail.File, _options);
        _opened.LayoutEnd = end;
        if (TailRefusal.Of(_opened) is { } refusal) return await _ending.QuarantineAsync(refusal);
        if (Claim.Committed.Count == 0 && !Claim.IsForced)
        {
            var (older, ended) = await _tailStart!.OriginAsync(end, tail.File.Observe().Seen.Size, turn);
            if (ended is not null) return ended;
            _append.Base = older;
            if (older is not null) (_opened.Kept, _opened.LayoutEnd) = (_opened.Kept ?? older.Kept, older.Size);
        }

        _end = end;
        FindOpen(Claim.Committed);
        if (await InSlotAsync(PlanAsync, turn) is { } cannotPlan) return cannotPlan;
        _open.Clear();
        if (!_isInputNoted) await NoteInputAsync(InputNotes.Of(_input!, null));
        if (_committed > 0) tail.Next = (_committed, await PositionAtAsync(_committed, turn));
        tail.Ends = Ends(tail, _committed);
        return null;
    }

    async Task<LoadResult?> SendTailAsync(TailState tail, long end, CancellationToken turn)
    {
        while (true)
        {
            if (!_isNoted) await NoteColumnsAsync();
            if (await SendAsync(turn) is { } ended) return ended;
            if (!_isStale) break;
            if (await StartOverAsync(turn) is { } cannotGoOn) return cannotGoOn;
        }

        tail.SendsTo = null;
        if (tail.IsCut) return null;
        if (_committed != end) return await _ending.QuarantineAsync($"byte {end} was sent, and byte {_committed} is committed; report it as a defect");
        CrashPoint.Hit("followed");
        if (tail.IsFoldDue()) await _context.Health.RetryAsync(token => TailLedger.FoldAsync(_context.DataSource, Claim, keep: 16, token), turn);
        return null;
    }

    /// <summary>A batch of a followed file is read: is the file still what it was?</summary>
    void CheckTail(TailState tail)
    {
        if (_rows is not { } rows) return; // the last batch has ended where the span does
        if (_reader!.EndedEarly || !tail.File!.IsIntact())
        {
            LetGoOfBatch();
            _open.Clear();
            tail.IsCut = true;
            return;
        }

        // A reader knows the line behind its last record only when it begins another one.
        if (_reader.AtEnd && tail.LineThere > 0) rows.Seal(rows.EndOffset, tail.LineThere, rows.ReadTime);
        tail.Next = (rows.EndOffset, new RecordPosition(rows.FirstRecord + rows.Records, rows.FirstLine + rows.Lines));
        tail.File.Mark(rows.EndOffset);
        if (_batch is not null && tail.Hashed <= rows.EndOffset) _batch.PrefixHash = tail.HashAt(rows.EndOffset);
        if (_batch?.PrefixHash is { } hash) tail.Committed = (rows.EndOffset, hash);
    }

    RecordEnds Ends(TailState tail, long committed)
    {
        var line = tail.Next is { } next && next.Offset == committed ? next.Position.Line : 1;
        if (_input is not { } input)
        {
            var told = CsvDialect.Of(_options.Csv);
            return _options.Format == Pipelines.InputFormat.Ndjson
                ? new RecordEnds(null, _options.Json.MaxRecordBytes, committed, line)
                : new RecordEnds(new DialectBytes(told), told.MaxRecordBytes, committed, line);
        }

        if (input.Layout is not CsvLayout csv) return new RecordEnds(null, _options.Json.MaxRecordBytes, committed, line);
        return committed < csv.BodyStart
            ? new RecordEnds(csv.Signs, csv.Dialect.MaxRecordBytes, csv.BodyStart, csv.BodyLine)
            : new RecordEnds(csv.Signs, csv.Dialect.MaxRecordBytes, committed, line);
    }

    Task<RecordPosition> PositionAtAsync(long offset, CancellationToken turn) => _context.Health.RetryAsync(async token =>
    {
        await using var connection = await _context.DataSource.OpenConnectionAsync(token);
        return await new LedgerReader(connection).PositionAtAsync(Claim.FileId, offset, token);
    }, turn);

    /// <summary>Nothing more is to be expected of it for now.</summary>
    /// <returns>Null when discovery has seen more of it.</returns>
    async Task<LoadResult?> EndTailAsync(TailState tail, SeenFile seen, string why, string? reason)
    {
        var left = seen.Size - _committed;
        var remark = _committed == 0 ? "the file has no complete record" : reason ?? await _append.RemarkAsync(_committed);
        if (left > 0) remark = $"{(remark is null ? "" : remark + "; ")}{Counted.Of(left, "byte")} behind its last complete record wait for the rest of it";
        return await FinishTailAsync(tail, why, remark, seen, null);
    }

    /// <summary>It was truncated: what was committed stays, and what comes now is the next version.</summary>
    async Task<LoadResult> EndCutAsync(TailState tail)
    {
        if (await CollectAsync(wait: true, _ending.Stop) is { } ended) return ended;
        if (_committed == 0) return await _ending.PostponeAsync("it was truncated before anything of it was loaded", TimeSpan.FromMilliseconds(10));
        SeenFile? next = FileStat.TryStat(Claim.File.Path, out var there) && (there.Device, there.Inode) == (tail.File!.Opened.Device, tail.File.Opened.Inode) ? there : null;
        var reason = $"it was truncated or written anew after {Counted.Of(_committed, "byte")} were loaded; what came then is another version";
        return await FinishTailAsync(tail, "truncated", reason, (next ?? Claim.File) with { Size = _committed }, next)
            ?? await _ending.PostponeAsync("it was truncated, and changes", TimeSpan.FromMilliseconds(100));
    }

    /// <summary>It is neither at its path nor renamed within its directory.</summary>
    async Task<LoadResult> EndLostAsync()
    {
        if (_committed == 0)
        {
            return FileStat.TryStat(Claim.File.Path, out _)
                ? await _ending.PutBackAsync(ClaimEnd.Changed, "another file lies at its path now")
                : await _ending.PutBackAsync(ClaimEnd.Vanished, "the file is gone");
        }

        var seen = Claim.File with { Size = Math.Max(Claim.File.Size, _committed) };
        if (seen.Size == _committed
            && await FinishTailAsync(_tail!, "rotated", "it was renamed or deleted while nobody followed it", seen, null) is { } over) return over;
        return await _ending.QuarantineAsync(
            $"the file was renamed or deleted while nobody followed it, after {Counted.Of(_committed, "byte")} were loaded; it had {seen.Size} or more. "
            + "Where it lies in its directory under another name, it is found; else deliver what is missing as a file of its own");
    }

    async Task<LoadResult?> FinishTailAsync(TailState tail, string why, string? reason, SeenFile seen, SeenFile? next)
    {
        var hash = tail.Proof is { } proof && proof.Length == _committed ? proof.Sha256 : tail.File is null || tail.IsCut ? null : tail.HashOf(_committed);
        hash ??= tail.Committed is { } known && known.End == _committed ? known.Sha256 : null;
        var (ending, totals) = await _context.Health.RetryAsync(
            token => TailLedger.FinishAsync(_context.Files, _context.DataSource, Claim, _committed, hash, why, reason, seen, next, token), _ending.Stop);
        CrashPoint.Hit("tail-ended");
        return ending switch
        {
            TailEnding.Done => _ending.Loaded(totals),
            TailEnding.Fenced => _ending.Fenced(),
            TailEnding.Grown => null,
            _ => await _ending.QuarantineAsync(
                "the committed batches do not cover the file without gap or overlap; look at ingest.batch for this file_id and report it as a defect"),
        };
    }
}
