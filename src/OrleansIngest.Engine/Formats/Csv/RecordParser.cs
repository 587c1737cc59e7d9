namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The result of <see cref="RecordParser"/>.</summary>
enum ParseOutcome
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>The record continues after the given bytes.</summary>
    NeedsMore,

    /// <summary>A quote is misplaced, or not closed.</summary>
    Fault,
}

/// <summary>
/// Divides the bytes of one record into fields, in any dialect, by strict rules: a quote at the start of a field opens it; a
/// single quote inside closes it, and a delimiter, a line break or the end must follow; every other quote is a fault.
/// </summary>
/// <remarks>Hot: allocates nothing, throws nothing. <see cref="RecordScan"/> is the same grammar for content of any
/// length.</remarks>
sealed class RecordParser(DialectBytes dialect)
{
    readonly byte[] _delimiter = dialect.Delimiter;
    readonly int _quote = dialect.Quote;
    readonly int _escape = dialect.Escape;
    readonly bool _trims = dialect.Trims;
    int _at;

    /// <summary>The record's fields.</summary>
    public FieldSlots Fields { get; } = new(dialect);

    /// <summary>Bytes of the record, without its line break.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes up to the next record.</summary>
    public int Next { get; private set; }

    /// <summary>Line breaks inside the record.</summary>
    public int Breaks { get; private set; }

    /// <summary>After a fault: the quote that opens the faulty field; -1 when that field is not quoted.</summary>
    public int FaultyQuote { get; private set; }

    /// <summary>After a fault: whether that field is never closed, and no quote that could close it is followed by
    /// text.</summary>
    public bool IsFaultOpen { get; private set; }

    /// <summary>Reads the record at the start of some bytes.</summary>
    /// <param name="text">At least one byte.</param>
    /// <param name="isEnd">Whether they are the last ones.</param>
    /// <param name="stray">Offset of a quote at the start of a field that is literal; -1 for none.</param>
    public ParseOutcome Parse(ReadOnlySpan<byte> text, bool isEnd, int stray = -1)
    {
        Fields.Clear();
        (FaultyQuote, IsFaultOpen) = (-1, false);
        Breaks = 0;
        _at = 0;
        while (true)
        {
            var start = _at;
            if (_trims) SkipBlanks(text);
            if (_at == text.Length && !isEnd) return ParseOutcome.NeedsMore;
            var outcome = _at < text.Length && text[_at] == _quote && _at != stray
                ? Quoted(text, isEnd)
                : Unquoted(text, start, isEnd, _at == stray);
            if (outcome != ParseOutcome.Record) return outcome;
            if (_at == text.Length || text[_at] is (byte)'\n' or (byte)'\r') break;
            _at += _delimiter.Length;
        }

        Length = _at;
        if (_at < text.Length)
        {
            if (text[_at] == '\r')
            {
                if (_at + 1 == text.Length && !isEnd) return ParseOutcome.NeedsMore;
                if (_at + 1 < text.Length && text[_at + 1] == '\n') _at++;
            }

            _at++;
        }

        Next = _at;
        return ParseOutcome.Record;
    }

    /// <summary>Stops at the delimiter or line break after the field, or at the end.</summary>
    ParseOutcome Quoted(ReadOnlySpan<byte> text, bool isEnd)
    {
        var open = ++_at;
        var hasEscapes = false;
        while (true)
        {
            var rest = text[_at..];
            var found = _escape < 0 ? rest.IndexOf((byte)_quote) : rest.IndexOfAny((byte)_quote, (byte)_escape);
            if (found < 0)
            {
                (FaultyQuote, IsFaultOpen) = (open - 1, true);
                return isEnd ? ParseOutcome.Fault : ParseOutcome.NeedsMore;
            }

            _at += found;
            var isLast = _at + 1 == text.Length;
            if (isLast && !isEnd) return ParseOutcome.NeedsMore;
            var next = isLast ? DialectBytes.None : text[_at + 1];
            var isEscape = text[_at] != _quote;
            if (next == _quote || (isEscape && next == _escape && next >= 0))
            {
                hasEscapes = true;
                _at += 2;
                continue;
            }

            if (!isEscape) break;
            _at++;
        }

        var length = _at - open;
        _at++;
        if (_trims) SkipBlanks(text);
        if (_at == text.Length)
        {
            if (!isEnd) return ParseOutcome.NeedsMore;
        }
        else if (text[_at] is not ((byte)'\n' or (byte)'\r')
            && AtDelimiter(text, isEnd) is var outcome and not ParseOutcome.Record)
        {
            FaultyQuote = open - 1;
            return outcome;
        }

        Breaks += CountBreaks(text.Slice(open, length));
        Fields.Add(open, length, isQuoted: true, hasEscapes);
        return ParseOutcome.Record;
    }

    ParseOutcome Unquoted(ReadOnlySpan<byte> text, int start, bool isEnd, bool startsWithStray)
    {
        var hasEscapes = false;
        if (startsWithStray) _at++;
        while (true)
        {
            var found = text[_at..].IndexOfAny(dialect.Marks);
            if (found < 0)
            {
                _at = text.Length;
                if (!isEnd) return ParseOutcome.NeedsMore;
                break;
            }

            _at += found;
            var mark = text[_at];
            if (mark is (byte)'\n' or (byte)'\r') break;
            if (mark == _quote) return ParseOutcome.Fault;
            if (mark == _escape && _quote < 0)
            {
                // Two bytes of a line break or a whole delimiter may follow.
                if (text.Length - _at <= Math.Max(2, _delimiter.Length) && !isEnd) return ParseOutcome.NeedsMore;
                var escaped = dialect.EscapedLength(text[(_at + 1)..]);
                if (escaped > 0)
                {
                    hasEscapes = true;
                    Breaks += CountBreaks(text.Slice(_at + 1, escaped));
                    _at += 1 + escaped;
                    continue;
                }

                if (mark != _delimiter[0])
                {
                    _at++;
                    continue;
                }
            }

            var outcome = AtDelimiter(text, isEnd);
            if (outcome == ParseOutcome.Record) break;
            if (outcome == ParseOutcome.NeedsMore) return outcome;
            _at++;
        }

        var end = _at;
        if (_trims)
        {
            while (start < end && dialect.IsBlank(text[start])) start++;
            while (end > start && dialect.IsBlank(text[end - 1])) end--;
        }

        Fields.Add(start, end - start, isQuoted: false, hasEscapes);
        return ParseOutcome.Record;
    }

    /// <summary>Whether there is a delimiter here; <see cref="ParseOutcome.Fault"/> if not.</summary>
    ParseOutcome AtDelimiter(ReadOnlySpan<byte> text, bool isEnd)
    {
        if (_delimiter.Length == 1) return text[_at] == _delimiter[0] ? ParseOutcome.Record : ParseOutcome.Fault;
        var rest = text[_at..];
        if (rest.StartsWith(_delimiter)) return ParseOutcome.Record;
        var mayBeCut = !isEnd && rest.Length < _delimiter.Length && _delimiter.AsSpan().StartsWith(rest);
        return mayBeCut ? ParseOutcome.NeedsMore : ParseOutcome.Fault;
    }

    void SkipBlanks(ReadOnlySpan<byte> text)
    {
        while (_at < text.Length && dialect.IsBlank(text[_at])) _at++;
    }

    static int CountBreaks(ReadOnlySpan<byte> text)
    {
        var breaks = 0;
        for (var at = text.IndexOfAny((byte)'\n', (byte)'\r'); at >= 0; at = text.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            breaks++;
            text = text[(at + (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1))..];
        }

        return breaks;
    }
}
