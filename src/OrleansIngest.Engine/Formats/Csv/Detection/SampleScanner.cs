namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>
/// Divides a sample with one <see cref="Splitting"/>. A record with a misplaced quote is read again as one line, as the reader
/// does, so that one stray quote affects the evidence of only one record.
/// </summary>
ref struct SampleScanner(ReadOnlySpan<byte> text, Splitting splitting)
{
    /// <summary>A quoted value with more lines than this is treated as a quote that is never closed.</summary>
    const int MostLinesOfValue = 200;

    readonly ReadOnlySpan<byte> _text = text;
    readonly byte[] _delimiter = splitting.DelimiterBytes;
    readonly byte _quote = (byte)splitting.Quote;
    readonly byte _escape = (byte)splitting.Escape;
    readonly List<FieldSpan> _fields = [];
    int _at;
    int _line = 1;
    bool _isCutOff;
    bool _hasOpenQuote;

    /// <summary>All records, up to a maximum. A blank line is not a record, nor is one whose value is cut off by the
    /// end.</summary>
    public static List<SampleRecord> Records(ReadOnlySpan<byte> text, Splitting splitting, int most)
    {
        var scanner = new SampleScanner(text, splitting);
        var records = new List<SampleRecord>();
        while (records.Count < most && scanner.Next() is { } record)
            if (!record.IsBlank) records.Add(record);
        return records;
    }

    SampleRecord? Next()
    {
        if (_at >= _text.Length) return null;
        var (start, line) = (_at, _line);
        if (!Scan(start, _text.Length, isLenient: false))
        {
            if (splitting.HasLongValues && _isCutOff) return null;
            _line = line;
            _hasOpenQuote = false;
            Scan(start, LineEnd(start), isLenient: true);
            SkipBreak();
            return new SampleRecord(line, [.. _fields], IsBroken: true) { HasOpenQuote = _hasOpenQuote };
        }

        SkipBreak();
        return new SampleRecord(line, [.. _fields], IsBroken: false);
    }

    /// <summary>Reads fields up to a line break or the end. Returns whether all quotes are in their place.</summary>
    bool Scan(int start, int end, bool isLenient)
    {
        _fields.Clear();
        _at = start;
        while (true)
        {
            if (_quote != 0 && _at < end && _text[_at] == _quote)
            {
                if (!Quoted(end, isLenient)) return false;
            }
            else
            {
                Unquoted(end);
            }

            if (_at >= end || !IsDelimiter(_at, end)) return true;
            _at += _delimiter.Length;
            if (_at < end) continue;
            _fields.Add(new FieldSpan(_at, 0, false));
            return true;
        }
    }

    bool Quoted(int end, bool isLenient)
    {
        var start = _at + 1;
        var lines = 0;
        for (var at = start; at < end; at++)
        {
            var letter = _text[at];
            if (letter is (byte)'\n' && ++lines > MostLinesOfValue && !splitting.HasLongValues) return false;
            if (letter == _escape && _escape != 0 && at + 1 < end)
            {
                at++;
                continue;
            }

            if (letter != _quote) continue;
            if (_escape == 0 && at + 1 < end && _text[at + 1] == _quote && !(isLenient && Closes(at + 2, end)))
            {
                at++;
                continue;
            }

            if (Closes(at + 1, end))
            {
                _fields.Add(new FieldSpan(start, at - start, true));
                _line += lines;
                _at = at + 1;
                return true;
            }

            if (isLenient && at + 2 <= end && Closes(at + 2, end) && _text[at + 1] == _quote) continue;
            if (!isLenient) return false;
        }

        _isCutOff = !isLenient;
        if (!isLenient) return false;
        _hasOpenQuote = true;
        Unquoted(end); // never closed, so it is literal
        return true;
    }

    void Unquoted(int end)
    {
        var start = _at;
        while (_at < end)
        {
            var found = _text[_at..end].IndexOfAny(_delimiter[0], (byte)'\n', (byte)'\r');
            _at = found < 0 ? end : _at + found;
            if (_at >= end || _text[_at] is (byte)'\n' or (byte)'\r' || IsDelimiter(_at, end)) break;
            _at++;
        }

        _fields.Add(new FieldSpan(start, _at - start, false));
    }

    readonly bool Closes(int at, int end) => at >= end || _text[at] is (byte)'\n' or (byte)'\r' || IsDelimiter(at, end);

    readonly bool IsDelimiter(int at, int end) => _text[at..end].StartsWith(_delimiter);

    readonly int LineEnd(int at) => _text[at..].IndexOfAny((byte)'\n', (byte)'\r') is var found && found < 0 ? _text.Length
        : at + found;

    void SkipBreak()
    {
        if (_at >= _text.Length) return;
        _at += _text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n' ? 2 : 1;
        _line++;
    }
}
