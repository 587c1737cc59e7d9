namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// The grammar of the parsers (<see cref="RecordParser"/>, and CsvHelper's) as plain code that can start and stop anywhere. A
/// quote at the start of a field opens it. A single quote inside closes the field when a delimiter, a line break or the file's
/// end follows. Every other quote is a fault and is literal.
/// </summary>
/// <remarks>Cold: only broken records and their neighbours are scanned. <c>RecordScanTests</c> compares it with the
/// parsers.</remarks>
sealed class RecordScan(ContentBytes bytes, DialectBytes dialect)
{
    long _quietFrom, _quietTo; // no quote is in this range: long cells are searched more than once

    /// <summary>Scans a record from its start.</summary>
    /// <param name="start">The record's first byte.</param>
    /// <param name="limit">Where the scan stops at the latest.</param>
    /// <param name="stopAtFaultFrom">The first fault at or after this offset ends the scan.</param>
    public ScannedRecord Record(long start, long limit, long stopAtFaultFrom = long.MaxValue) =>
        Scan(new ScannedRecord(1), start, limit, stopAtFaultFrom, atFieldStart: true, lenient: false);

    /// <summary>Scans the rest of a record from the delimiter or line break after a field. Here a quote with text after it
    /// closes no field.</summary>
    public ScannedRecord Rest(long start, int fields, long limit) =>
        Scan(new ScannedRecord(fields), start, limit, long.MaxValue, atFieldStart: false, lenient: true);

    /// <summary>Whether a closing quote may be right before this offset.</summary>
    public bool Closes(long after)
    {
        var next = bytes.At(after = PassBlanks(after, long.MaxValue));
        return next < 0 || next is '\n' or '\r' || IsDelimiter(after, next);
    }

    /// <summary>Whether an opening quote may be at this offset.</summary>
    public bool Opens(long at)
    {
        while (dialect.Trims && at > 0 && dialect.IsBlank(bytes.At(at - 1))) at--;
        if (at == 0 || bytes.At(at - 1) is '\n' or '\r') return true;
        var start = at - dialect.Delimiter.Length;
        return start >= 0 && IsDelimiter(start, bytes.At(start));
    }

    /// <summary>Whether the line at an offset is a comment.</summary>
    public bool IsComment(long at) => dialect.Comment.Length > 0 && StartsWith(at, dialect.Comment);

    /// <summary>The first line from an offset on that is not a comment.</summary>
    public long AfterComments(long at)
    {
        while (IsComment(at)) at = bytes.AfterBreak(bytes.LineEnd(at, long.MaxValue));
        return at;
    }

    bool IsDelimiter(long at, int first) =>
        first == dialect.Delimiter[0] && (dialect.Delimiter.Length == 1 || StartsWith(at, dialect.Delimiter));

    bool StartsWith(long at, byte[] sign)
    {
        for (var i = 0; i < sign.Length; i++)
        {
            if (bytes.At(at + i) != sign[i]) return false;
        }

        return true;
    }

    long PassBlanks(long at, long limit)
    {
        while (dialect.Trims && at < limit && dialect.IsBlank(bytes.At(at))) at++;
        return at;
    }

    /// <summary>The next run of consecutive quotes.</summary>
    /// <param name="at">Where the search starts.</param>
    /// <param name="limit">Where it ends.</param>
    /// <param name="after">The offset after the last of them.</param>
    /// <returns>Their offset; <paramref name="limit"/>, or the file's end when it comes first, if there are none.</returns>
    public long NextQuotes(long at, long limit, out long after)
    {
        limit = Math.Min(limit, bytes.End);
        var from = at;
        while (at < limit)
        {
            if (at >= _quietFrom && at < _quietTo)
            {
                at = Math.Min(_quietTo, limit);
                continue;
            }

            var span = bytes.From(at);
            if (span.IsEmpty)
            {
                limit = at;
                break;
            }

            var found = span.IndexOf((byte)dialect.Quote);
            at += found < 0 ? span.Length : found;
            if (found < 0 || at >= limit) continue;
            for (after = at + 1; bytes.At(after) == dialect.Quote;) after++;
            NoteQuiet(from, at);
            if (!IsEscaped(from, at)) return at;
            if (++at < after) return at;
        }

        NoteQuiet(from, limit);
        return after = limit;
    }

    /// <summary>Whether an odd number of escapes is right before a quote.</summary>
    bool IsEscaped(long from, long quote)
    {
        if (dialect.Escape < 0) return false;
        var at = quote;
        while (at > from && bytes.At(at - 1) == dialect.Escape) at--;
        return (quote - at) % 2 == 1;
    }

    void NoteQuiet(long from, long to)
    {
        if (dialect.Escape >= 0) return; // whether a quote counts depends on the bytes before it
        if (from >= _quietFrom && from <= _quietTo) _quietTo = Math.Max(_quietTo, to);
        else if (to - from > _quietTo - _quietFrom) (_quietFrom, _quietTo) = (from, to);
    }

    ScannedRecord Scan(ScannedRecord record, long at, long limit, long stopAtFaultFrom, bool atFieldStart, bool lenient)
    {
        while (true)
        {
            var opening = atFieldStart && dialect.Quote >= 0 ? PassBlanks(at, limit) : limit;
            if (opening < limit && bytes.At(opening) == dialect.Quote)
            {
                record.Opening = (opening, record.Fields);
                at = Quoted(ref record, opening + 1, limit, lenient);
                if (record.InQuotes) break;
            }

            if (record.LastFault < stopAtFaultFrom) at = Unquoted(ref record, at, limit, stopAtFaultFrom);
            if (at >= limit || record.LastFault >= stopAtFaultFrom) break;
            if (bytes.At(at) is '\n' or '\r' or < 0)
            {
                record.Ended = true;
                break;
            }

            record.Fields++;
            at += dialect.Delimiter.Length;
            atFieldStart = true;
        }

        record.End = at;
        if (bytes.IsEnd(at)) record.Ended = true;
        return record;
    }

    /// <summary>Returns the offset after the closing quote, or where the scan stops in quotes.</summary>
    long Quoted(ref ScannedRecord record, long at, long limit, bool lenient)
    {
        while (true)
        {
            var quotes = NextQuotes(at, limit, out at);
            if (quotes == at)
            {
                record.InQuotes = true;
                if (bytes.IsEnd(at)) record.Fault(at);
                return at;
            }

            if ((at - quotes) % 2 == 0) continue;
            if (Closes(at)) return at;
            record.Fault(at - 1);
            if (lenient) continue;
            if (record.Torn.Field == 0) record.Torn = record.Opening;
            return at;
        }
    }

    /// <summary>Returns the offset of the delimiter or line break after the field, or where the scan stops.</summary>
    long Unquoted(ref ScannedRecord record, long at, long limit, long stopAtFaultFrom)
    {
        while (at < limit)
        {
            var span = bytes.From(at);
            if (span.IsEmpty) return at;
            var found = span.IndexOfAny(dialect.Marks);
            at += found < 0 ? span.Length : found;
            if (found < 0 || at >= limit) continue;
            var mark = span[found];
            if (mark is (byte)'\n' or (byte)'\r') return at;
            if (mark == dialect.Quote)
            {
                record.Fault(at);
                if (at >= stopAtFaultFrom) return at;
                at++;
                continue;
            }

            var escaped = mark == dialect.Escape && dialect.Quote < 0 ? EscapedLength(at + 1) : 0;
            if (escaped > 0) at += 1 + escaped;
            else if (IsDelimiter(at, mark)) return at;
            else at++;
        }

        return limit;
    }

    int EscapedLength(long behind)
    {
        Span<byte> next = stackalloc byte[4 * Pipelines.CsvOptions.LongestSign];
        var length = 0;
        for (int value; length < next.Length && (value = bytes.At(behind + length)) >= 0;) next[length++] = (byte)value;
        return dialect.EscapedLength(next[..length]);
    }
}

/// <summary>The result of scanning one record. Offsets are those of the file.</summary>
struct ScannedRecord(int fields)
{
    /// <summary>After the record's last byte and before its line break; where the scan stopped, if the record did not
    /// end.</summary>
    public long End;

    /// <summary>Number of fields begun.</summary>
    public int Fields = fields;

    /// <summary>Whether the record's end was found: a line break outside quotes, or the file's end.</summary>
    public bool Ended;

    /// <summary>Whether the scan stopped inside quotes.</summary>
    public bool InQuotes;

    /// <summary>Offset of the last misplaced quote, or of the file's end if a quote is open there; -1 for none.</summary>
    public long LastFault = -1;

    /// <summary>The opening quote of the last quoted field, and the field's 1-based number; field 0 for none.</summary>
    public (long At, int Field) Opening;

    /// <summary>The same for the first quoted field with text after its closing quote.</summary>
    public (long At, int Field) Torn;

    public readonly bool IsSound => Ended && LastFault < 0;

    public void Fault(long at) => LastFault = at;
}
