namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The decision of <see cref="RecordRecovery"/>.</summary>
/// <param name="End">After the record's last byte, before its line break.</param>
/// <param name="Next">Where the next record starts.</param>
readonly record struct RecoveredRecord(long End, long Next);

/// <summary>
/// Decides where a record ends if its quotes are broken or it is too long, so that neither an open quote swallows good records
/// nor the lines inside a cell become rows.
/// </summary>
/// <remarks>
/// <para>Two readings compete: only the first line is broken and the next line is a record, or the quoted field continues across
/// the line break up to some closing quote. A <i>good</i> record has valid quotes and as many fields as the file's records. The
/// records after an offset <i>agree</i> with continuing there when at least half, or all but one, of the next
/// <see cref="EvidenceRecords"/> are good, or broken lines with that number of fields, and one of the first three is. The rules,
/// in order:</para>
/// <list type="number">
/// <item>No quoted field is torn on the first line or open at its end: the first line is the record.</item>
/// <item>The record is valid but too long: all of it, if it has the expected number of fields, or the lines after the first one
/// do not agree.</item>
/// <item>All faults are on the first line and the record ends on a later line: all of it, if its number of fields matches and the
/// records after it agree.</item>
/// <item>The quoted field ends at the first closing quote (a delimiter, a line break or the file's end follows) with which the
/// record has the expected number of fields and after which the records agree. A closing quote inside another good record does
/// not count. The search ends after <see cref="LookAheadBytes"/>, 256 closing quotes, or <see cref="RestartRecords"/> such
/// records. When the lines after the first one agree, it ends earlier: after <c>maxRecordBytes</c> or 1 MiB, whichever is more,
/// and, after the records that agreed, at the first closing quote inside a good record or on a line with the expected number of
/// fields.</item>
/// <item>The lines after the first one agree: the first line is the record.</item>
/// <item>Otherwise the record ends before the first line from which <see cref="RestartRecords"/> records are all good (at the
/// file's end: 3), or at the last line break within <c>maxRecordBytes</c>.</item>
/// </list>
/// <para>If both readings are possible, one large reject is preferred to wrong rows. The decision depends on the bytes of the
/// file from the record's start on, and on nothing else: not on batches, buffers or the range that is read, so a record is the
/// same for every reader.</para>
/// <para>Memory: one chunk of 64 KiB. Time: a search scans at most <see cref="LookAheadBytes"/>, and remembers where it found
/// nothing.</para>
/// </remarks>
sealed class RecordRecovery
{
    /// <summary>How far a closing quote is searched for, in bytes: 64 MiB, or 2 MiB less than a content's window, if that is
    /// less.</summary>
    public const long LookAheadBytes = 64L << 20;

    /// <summary>Number of records that are evidence for an offset where reading can continue.</summary>
    public const int EvidenceRecords = 16;

    /// <summary>Number of consecutive good records after which reading can continue if no closing quote was found.</summary>
    public const int RestartRecords = 8;

    const int RestartRecordsAtEnd = 3;
    const int BadStart = 3;
    const int MaxLinesPassed = 256;
    const int MaxClosingQuotes = 256;
    const long MaxEvidenceBytes = 1 << 20;

    /// <summary>Bytes of a limited window that are reserved for the evidence after a closing quote, and for read-ahead.</summary>
    const long WindowReserve = 2 * MaxEvidenceBytes;

    readonly ContentBytes _bytes;
    readonly long _lookAhead; // from the content's window, which is the same for every reader, so records are too
    readonly RecordScan _scan;
    readonly int _maxRecordBytes;
    readonly int _fields;
    readonly LenientRecord? _lenient;
    (long From, long To, long Stray) _unclosed; // no closing quote is in this range; its last quote that closes nothing

    /// <param name="bytes">The file.</param>
    /// <param name="dialect">Divides it into fields.</param>
    /// <param name="maxRecordBytes">Maximum length of a record, in bytes.</param>
    /// <param name="fields">How many fields a record of this file has; 0 for unknown: then a broken record is its first
    /// line.</param>
    /// <param name="isLenient">Whether a line that the lenient rules can read is a record.</param>
    public RecordRecovery(ContentBytes bytes, DialectBytes dialect, int maxRecordBytes, int fields, bool isLenient)
    {
        (_bytes, _maxRecordBytes, _fields) = (bytes, maxRecordBytes, fields);
        _lookAhead = Math.Min(LookAheadBytes, Math.Max(MaxEvidenceBytes, bytes.Window - WindowReserve));
        _scan = new RecordScan(bytes, dialect);
        if (isLenient) _lenient = new LenientRecord(dialect);
    }

    /// <summary>Finds the end of the broken or long record that starts at an offset.</summary>
    public RecoveredRecord Recover(long start)
    {
        var line = EndingAt(_bytes.LineEnd(start, long.MaxValue));
        var first = _scan.Record(start, line.End);
        var open = first.Torn.Field > 0 ? first.Torn : first.InQuotes ? first.Opening : default;
        if (open.Field == 0 || _bytes.IsEnd(line.Next)) return line;

        var all = _scan.Record(start, start + _lookAhead, stopAtFaultFrom: line.Next);
        var after = Judge(line.Next);
        var isWhole = all.Ended && all.LastFault < line.Next;
        if (_fields == 0) return all.IsSound ? EndingAt(all.End) : line;
        if (isWhole && all.End > line.End)
        {
            var end = EndingAt(all.End);
            if (all.IsSound && (all.Fields == _fields || !after.Agrees)) return end;
            if (!all.IsSound && all.Fields == _fields && Judge(end.Next).Agrees) return end;
        }

        if (FindClosing(line, open, after) is { } closed) return closed;
        return after.Agrees ? line : Restart(start, line);
    }

    /// <summary>Rule 4.</summary>
    RecoveredRecord? FindClosing(RecoveredRecord line, (long At, int Field) open, Evidence after)
    {
        var limit = open.At + (after.Agrees ? Math.Max(_maxRecordBytes, MaxEvidenceBytes) : _lookAhead);
        var own = 0;
        var at = open.At + 1;
        for (var candidates = 0; candidates < MaxClosingQuotes; candidates++)
        {
            at = NextClosing(at, limit, out var stray);
            if (at < 0) break;
            var isBehind = after.Agrees && at > after.End;
            if (stray >= line.Next && GoodRecordAround(stray, at, line.Next) is { } end)
            {
                if (isBehind || ++own == RestartRecords) break;
                at = end;
                continue;
            }

            if (isBehind && IsFittingLine(LineStart(at, line.Next), _bytes.LineEnd(at, at + MaxEvidenceBytes))) break;
            var rest = _scan.Rest(at, open.Field, at + MaxEvidenceBytes);
            if (!rest.Ended || rest.Fields != _fields) continue;
            var closed = EndingAt(rest.End);
            if (Judge(closed.Next).Agrees) return closed;
        }

        return null;
    }

    /// <summary>The offset after the next closing quote, or -1 when none starts before <paramref name="limit"/>.</summary>
    /// <param name="start">Where the search starts, inside quotes.</param>
    /// <param name="limit">Where it ends.</param>
    /// <param name="stray">The last quote before it that closes nothing, and so may open a field of another record; -1 for
    /// none.</param>
    long NextClosing(long start, long limit, out long stray)
    {
        var isKnown = start >= _unclosed.From && start < _unclosed.To;
        var (from, at, last) = isKnown ? _unclosed : (start, start, -1);
        long quotes;
        while (true)
        {
            quotes = at >= limit ? at : _scan.NextQuotes(at, limit, out at);
            if (quotes == at || ((at - quotes) % 2 == 1 && _scan.Closes(at))) break;
            if ((at - quotes) % 2 == 1) last = quotes;
        }

        _unclosed = (from, quotes, last);
        stray = last >= start ? last : -1;
        return quotes == at ? -1 : at;
    }

    /// <summary>The end of the good record that starts on the line of an opening quote and contains the closing quote before
    /// <paramref name="closing"/>.</summary>
    long? GoodRecordAround(long opening, long closing, long floor)
    {
        if (!_scan.Opens(opening)) return null;
        var start = LineStart(opening, floor);
        var record = _scan.Record(start, closing + MaxEvidenceBytes, stopAtFaultFrom: start);
        return IsGood(record) && record.End >= closing ? record.End : null;
    }

    long LineStart(long at, long floor) => _bytes.LineStart(at, Math.Max(floor, at - MaxEvidenceBytes));

    /// <summary>Rule 6.</summary>
    RecoveredRecord Restart(long start, RecoveredRecord line)
    {
        var limit = start + _maxRecordBytes;
        while (!_bytes.IsEnd(line.Next))
        {
            if (IsRestart(line.Next)) return line;
            // A good record is skipped as a whole: reading cannot continue at a line inside its cells.
            var record = _scan.Record(line.Next, line.Next + MaxEvidenceBytes, stopAtFaultFrom: line.Next);
            var end = IsGood(record) ? record.End : _bytes.LineEnd(line.Next, limit);
            if (end >= limit) return line;
            line = EndingAt(end);
        }

        return line;
    }

    bool IsRestart(long at)
    {
        var limit = at + MaxEvidenceBytes;
        var records = 0;
        while (records < RestartRecords && !_bytes.IsEnd(at))
        {
            at = _scan.AfterComments(at);
            if (_bytes.IsEnd(at)) break;
            var record = _scan.Record(at, limit, stopAtFaultFrom: at);
            if (!IsGood(record)) return false;
            if (record.End > at) records++;
            at = _bytes.AfterBreak(record.End);
        }

        return records >= RestartRecords || (_bytes.IsEnd(at) && records >= RestartRecordsAtEnd);
    }

    /// <summary>Reads the next records from an offset; after a broken one, it continues at the next line. Blank lines and
    /// comments are not evidence, nor are the bad lines after an open quote: they may be the rest of one broken cell.</summary>
    Evidence Judge(long at)
    {
        var limit = at + MaxEvidenceBytes;
        int records = 0, fitting = 0, passed = 0;
        bool isOpen = false, startsWell = false;
        while (records < EvidenceRecords && at < limit && !_bytes.IsEnd(at))
        {
            var record = _scan.Record(at, limit, stopAtFaultFrom: at);
            if (_scan.IsComment(at) || (record.IsSound && record.End == at))
            {
                at = _bytes.AfterBreak(_bytes.LineEnd(at, long.MaxValue));
                continue;
            }

            var end = record.IsSound ? record.End : _bytes.LineEnd(at, limit);
            if (IsGood(record) || (!record.IsSound && IsFittingLine(at, end)))
            {
                (records, fitting, isOpen) = (records + 1, fitting + 1, false);
            }
            else
            {
                if (!isOpen || ++passed > MaxLinesPassed) records++;
                isOpen |= !record.IsSound && record.End > end;
            }

            if (records <= BadStart) startsWell = fitting > 0;
            at = _bytes.AfterBreak(end);
        }

        return new Evidence((startsWell || records < BadStart) && (2 * fitting >= records || records - fitting <= 1), at);
    }

    /// <summary>Whether a line has as many fields as a record and leaves no quote open, or is a record by the lenient rules: then
    /// only the line itself can be broken.</summary>
    bool IsFittingLine(long start, long end) =>
        (_scan.Record(start, end) is var line && line.Fields == _fields && !line.InQuotes)
            || _lenient?.TryRead(_bytes, start, end, _fields) == true;

    bool IsGood(in ScannedRecord record) => record.IsSound && record.Fields == _fields;

    RecoveredRecord EndingAt(long end) => new(end, _bytes.AfterBreak(end));

    readonly record struct Evidence(bool Agrees, long End);
}
