using System.Buffers;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// The grammar of <see cref="RecordReader"/>'s parser as plain code that can start and stop anywhere. A quote at the start of a
/// field opens it. A single quote inside closes the field when a delimiter, a line break or the file's end follows. Every other
/// quote is a fault and stands for itself.
/// </summary>
/// <remarks>Cold: only broken records and their neighbours are scanned. <c>RecordScanTests</c> compares it with the
/// parser.</remarks>
sealed class RecordScan(ContentBytes bytes, byte delimiter, byte quote)
{
    readonly SearchValues<byte> _marks = SearchValues.Create([delimiter, quote, (byte)'\n', (byte)'\r']);
    long _quietFrom, _quietTo; // no quote stands in this range: long cells are searched more than once

    /// <summary>Scans a record from its start.</summary>
    /// <param name="start">The record's first byte.</param>
    /// <param name="limit">Where the scan stops at the latest.</param>
    /// <param name="stopAtFaultFrom">The first fault at or after this offset ends the scan.</param>
    public ScannedRecord Record(long start, long limit, long stopAtFaultFrom = long.MaxValue) =>
        Scan(new ScannedRecord(1), start, limit, stopAtFaultFrom, atFieldStart: true, lenient: false);

    /// <summary>Scans the rest of a record from the delimiter or line break behind a field. Here a quote with text behind it
    /// closes no field.</summary>
    public ScannedRecord Rest(long start, int fields, long limit) =>
        Scan(new ScannedRecord(fields), start, limit, long.MaxValue, atFieldStart: false, lenient: true);

    /// <summary>Whether a closing quote may stand right before this offset.</summary>
    public bool Closes(long after) => bytes.At(after) is var next && (next < 0 || next == delimiter || next is '\n' or '\r');

    /// <summary>Whether an opening quote may stand at this offset.</summary>
    public bool Opens(long at) => at == 0 || (bytes.At(at - 1) is var last && (last == delimiter || last is '\n' or '\r'));

    /// <summary>The next quotes that stand side by side.</summary>
    /// <param name="at">Where the search starts.</param>
    /// <param name="limit">Where it ends.</param>
    /// <param name="after">Behind the last of them.</param>
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
            if (span.IsEmpty) break;
            var found = span.IndexOf(quote);
            at += found < 0 ? span.Length : found;
            if (found < 0 || at >= limit) continue;
            for (after = at + 1; bytes.At(after) == quote;) after++;
            NoteQuiet(from, at);
            return at;
        }

        NoteQuiet(from, limit);
        return after = limit;
    }

    void NoteQuiet(long from, long to)
    {
        if (from >= _quietFrom && from <= _quietTo) _quietTo = Math.Max(_quietTo, to);
        else if (to - from > _quietTo - _quietFrom) (_quietFrom, _quietTo) = (from, to);
    }

    ScannedRecord Scan(ScannedRecord record, long at, long limit, long stopAtFaultFrom, bool atFieldStart, bool lenient)
    {
        while (true)
        {
            if (atFieldStart && at < limit && bytes.At(at) == quote)
            {
                record.Opening = (at, record.Fields);
                at = Quoted(ref record, at + 1, limit, lenient);
                if (record.InQuotes) break;
            }

            if (record.LastFault < stopAtFaultFrom) at = Unquoted(ref record, at, limit, stopAtFaultFrom);
            if (at >= limit || record.LastFault >= stopAtFaultFrom) break;
            if (bytes.At(at) != delimiter)
            {
                record.Ended = true;
                break;
            }

            record.Fields++;
            at++;
            atFieldStart = true;
        }

        record.End = at;
        if (at >= bytes.End) record.Ended = true;
        return record;
    }

    /// <summary>Returns the offset behind the closing quote, or where the scan stops in quotes.</summary>
    long Quoted(ref ScannedRecord record, long at, long limit, bool lenient)
    {
        while (true)
        {
            var quotes = NextQuotes(at, limit, out at);
            if (quotes == at)
            {
                record.InQuotes = true;
                if (at >= bytes.End) record.Fault(at);
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

    /// <summary>Returns the offset of the delimiter or line break behind the field, or where the scan stops.</summary>
    long Unquoted(ref ScannedRecord record, long at, long limit, long stopAtFaultFrom)
    {
        while (at < limit)
        {
            var span = bytes.From(at);
            if (span.IsEmpty) return at;
            var found = span.IndexOfAny(_marks);
            at += found < 0 ? span.Length : found;
            if (found < 0 || at >= limit) continue;
            if (span[found] != quote) return at;
            record.Fault(at);
            if (at >= stopAtFaultFrom) return at;
            at++;
        }

        return limit;
    }
}

/// <summary>What a scan over one record found. Offsets are those of the file.</summary>
struct ScannedRecord(int fields)
{
    /// <summary>Behind the record's last byte and before its line break; where the scan stopped, when the record did not
    /// end.</summary>
    public long End;

    /// <summary>How many fields were begun.</summary>
    public int Fields = fields;

    /// <summary>Whether the record's end was found: a line break outside quotes, or the file's end.</summary>
    public bool Ended;

    /// <summary>Whether the scan stopped inside quotes.</summary>
    public bool InQuotes;

    /// <summary>Offset of the last quote that is out of place, or of the file's end when a quote is open there; -1 for
    /// none.</summary>
    public long LastFault = -1;

    /// <summary>The opening quote of the last quoted field, and the field's 1-based number; field 0 for none.</summary>
    public (long At, int Field) Opening;

    /// <summary>The same of the first quoted field whose closing quote had text behind it.</summary>
    public (long At, int Field) Torn;

    public readonly bool IsSound => Ended && LastFault < 0;

    public void Fault(long at) => LastFault = at;
}
