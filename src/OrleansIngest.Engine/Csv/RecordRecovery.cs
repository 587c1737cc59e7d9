namespace OrleansIngest.Engine.Csv;

/// <summary>What <see cref="RecordRecovery"/> decided.</summary>
/// <param name="End">Behind the record's last byte, before its line break.</param>
/// <param name="Next">Where the next record starts.</param>
readonly record struct RecoveredRecord(long End, long Next);

/// <summary>
/// Decides where a record ends whose quotes are broken, or which is longer than a record may be, so that neither an open quote swallows good
/// records nor the lines inside a cell become rows.
/// </summary>
/// <remarks>
/// <para>Two readings compete. Either the first line alone is broken and the next line is a record; or the quoted field goes on over the line break,
/// up to some closing quote. Evidence are records that are <i>good</i>: sound quotes, and as many fields as the file's records have. The next
/// <see cref="EvidenceRecords"/> records <i>agree</i> with a place to go on when at least half of them, or all but one, are good. In this order:</para>
/// <list type="number">
/// <item>No quoted field is torn on the first line or open at its end: the first line is the record.</item>
/// <item>The record is sound but long: all of it, if it has the expected number of fields and the records after it agree, or the lines inside it do not.</item>
/// <item>All faults stand on the first line and the record ends on a later line: all of it, if its fields fit and the records after it agree.</item>
/// <item>The first closing quote (followed by a delimiter, a line break or the file's end) at which the number of fields fits and after which
/// the records agree ends the quoted field. A closing quote that belongs to a quoted field of a good record of its own does not count. When the
/// lines after the first one agree, the search ends at the first such closing quote behind the records that agreed, and after
/// <c>maxRecordBytes</c>; otherwise after <see cref="LookAheadBytes"/>; in any case after 256 closing quotes.</item>
/// <item>The lines after the first one agree: the first line is the record.</item>
/// <item>Otherwise the record ends before the first line from which <see cref="RestartRecords"/> records are all good (at the file's end: 3),
/// or at the last line break within <c>maxRecordBytes</c>.</item>
/// </list>
/// <para>Where both readings fit, one big reject wins over false rows. The decision depends on the bytes of the file from the record's start
/// on, and on nothing else: not on batches, buffers or the range that is read, so a record is the same whoever reads it.</para>
/// <para>Memory: one chunk of 64 KiB. Time: a search looks at <see cref="LookAheadBytes"/> at most.</para>
/// </remarks>
sealed class RecordRecovery
{
    /// <summary>How far a closing quote is looked for, in bytes: 64 MiB.</summary>
    public const long LookAheadBytes = 64L << 20;

    /// <summary>How many records are evidence for a place to go on.</summary>
    public const int EvidenceRecords = 32;

    /// <summary>How many good records in a row make a place to go on where no closing quote was found.</summary>
    public const int RestartRecords = 8;

    const int RestartRecordsAtEnd = 3;
    const int MaxClosingQuotes = 256;
    const long MaxEvidenceBytes = 1 << 20;

    readonly FileBytes _bytes;
    readonly RecordScan _scan;
    readonly int _maxRecordBytes;
    readonly int _fields;

    /// <param name="bytes">The file.</param>
    /// <param name="delimiter">Between two fields.</param>
    /// <param name="quote">Around a field.</param>
    /// <param name="maxRecordBytes">The longest record that is no fault, in bytes.</param>
    /// <param name="fields">How many fields a record of this file has; 0 when that is unknown, which leaves only rules 1, 2 and 5.</param>
    public RecordRecovery(FileBytes bytes, byte delimiter, byte quote, int maxRecordBytes, int fields)
    {
        (_bytes, _maxRecordBytes, _fields) = (bytes, maxRecordBytes, fields);
        _scan = new RecordScan(bytes, delimiter, quote);
    }

    /// <summary>Finds the end of the broken or long record that starts at an offset.</summary>
    public RecoveredRecord Recover(long start)
    {
        var line = EndingAt(_bytes.LineEnd(start, long.MaxValue));
        var first = _scan.Record(start, line.End);
        var open = first.Torn.Field > 0 ? first.Torn : first.InQuotes ? first.Opening : default;
        if (open.Field == 0 || line.Next >= _bytes.End) return line;

        var all = _scan.Record(start, start + LookAheadBytes, stopAtFaultFrom: line.Next);
        var after = Judge(line.Next);
        var isWhole = all.Ended && all.LastFault < line.Next;
        if (_fields == 0) return all.IsSound ? EndingAt(all.End) : line;
        if (isWhole && all.End > line.End)
        {
            var end = EndingAt(all.End);
            if ((all.Fields == _fields && Judge(end.Next).Agrees) || (all.IsSound && !after.Agrees)) return end;
        }

        if (FindClosing(line, open, after) is { } closed) return closed;
        return after.Agrees ? line : Restart(start, line);
    }

    /// <summary>Rule 4.</summary>
    RecoveredRecord? FindClosing(RecoveredRecord line, (long At, int Field) open, Evidence after)
    {
        var limit = open.At + (after.Agrees ? _maxRecordBytes : LookAheadBytes);
        var stray = -1L; // the last quote that closed nothing: it may open a field of a record of its own
        var candidates = 0;
        for (var at = open.At + 1; candidates < MaxClosingQuotes;)
        {
            var quotes = _scan.NextQuotes(at, limit, out at);
            if (quotes == at) break;
            if ((at - quotes) % 2 == 0) continue;
            if (!_scan.Closes(at))
            {
                stray = quotes;
                continue;
            }

            candidates++;
            if (stray >= line.Next && GoodRecordAround(stray, at, line.Next) is { } own)
            {
                if (after.Agrees && at > after.End) break;
                at = own;
                stray = -1;
                continue;
            }

            stray = -1;
            var rest = _scan.Rest(at, open.Field, at + MaxEvidenceBytes);
            if (!rest.Ended || rest.Fields != _fields) continue;
            var end = EndingAt(rest.End);
            if (Judge(end.Next).Agrees) return end;
        }

        return null;
    }

    /// <summary>The end of the good record that starts on the line of an opening quote and holds the closing quote before <paramref name="closing"/>.</summary>
    long? GoodRecordAround(long opening, long closing, long floor)
    {
        if (!_scan.Opens(opening)) return null;
        var record = _scan.Record(_bytes.LineStart(opening, Math.Max(floor, opening - MaxEvidenceBytes)), closing + MaxEvidenceBytes, stopAtFaultFrom: 0);
        return record.IsSound && record.Fields == _fields && record.End >= closing ? record.End : null;
    }

    /// <summary>Rule 6.</summary>
    RecoveredRecord Restart(long start, RecoveredRecord line)
    {
        var limit = start + _maxRecordBytes;
        while (line.Next < _bytes.End)
        {
            if (IsRestart(line.Next)) return line;
            var end = _bytes.LineEnd(line.Next, limit);
            if (end >= limit) return line;
            line = EndingAt(end);
        }

        return line;
    }

    bool IsRestart(long at)
    {
        var limit = at + MaxEvidenceBytes;
        var records = 0;
        while (records < RestartRecords && at < _bytes.End)
        {
            var record = _scan.Record(at, limit, stopAtFaultFrom: at);
            if (!record.IsSound || record.Fields != _fields) return false;
            if (record.End > at) records++;
            at = _bytes.AfterBreak(record.End);
        }

        return records >= RestartRecords || (at >= _bytes.End && records >= RestartRecordsAtEnd);
    }

    /// <summary>Reads the next records from a place; where one is broken, it goes on at the next line. Blank lines are no evidence.</summary>
    Evidence Judge(long at)
    {
        var limit = at + MaxEvidenceBytes;
        int records = 0, good = 0;
        while (records < EvidenceRecords && at < limit && at < _bytes.End)
        {
            var record = _scan.Record(at, limit, stopAtFaultFrom: at);
            if (record.IsSound && record.End == at)
            {
                at = _bytes.AfterBreak(at);
                continue;
            }

            records++;
            if (record.IsSound && record.Fields == _fields && record.End - at <= _maxRecordBytes) good++;
            at = _bytes.AfterBreak(record.IsSound ? record.End : _bytes.LineEnd(at, limit));
        }

        return new Evidence(2 * good >= records || records - good <= 1, at);
    }

    RecoveredRecord EndingAt(long end) => new(end, _bytes.AfterBreak(end));

    readonly record struct Evidence(bool Agrees, long End);
}
