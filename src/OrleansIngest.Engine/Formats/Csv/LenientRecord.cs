namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// A line that the strict rules refuse, read again: a quote at the start of a field opens it, and closes it only before a
/// delimiter or the line's end; every other quote is literal. If several quotes could close a field, each gives a separate
/// reading. If exactly one reading has the expected number of fields, it is the record; choosing among two would be a guess that
/// may shift values. If there is none, one quote at the start of a field may be literal (<see cref="StrayQuote"/>).
/// </summary>
/// <remarks>Cold. Time and memory: bounded by <see cref="MostSteps"/>.</remarks>
sealed class LenientRecord(DialectBytes dialect)
{
    /// <summary>Steps after which the search is abandoned: the line has hundreds of quotes that could close a field.</summary>
    public const int MostSteps = 100_000;

    const long LongestLine = 1 << 16;

    readonly FieldSlots _fields = new(dialect);
    readonly StrayQuote _stray = new(dialect);
    readonly Dictionary<(int At, int Left), int> _ways = [];
    byte[] _line = [];
    int _steps;
    bool _isStray;

    FieldSlots Fields => _isStray ? _stray.Fields : _fields;

    /// <summary>How many fields the line has.</summary>
    public int Count => Fields.Count;

    /// <summary>A field's value, empty for NULL.</summary>
    public ReadOnlySpan<byte> Field(int index) => Fields.Value(_line, index);

    /// <summary>Whether a field is NULL.</summary>
    public bool IsNull(int index) => Fields.IsNull(_line, index);

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its line break; kept.</param>
    /// <param name="expected">How many fields it must have, from 1.</param>
    /// <returns>Whether there is exactly one such reading.</returns>
    public bool TryRead(byte[] line, int expected)
    {
        _line = line;
        _ways.Clear();
        _steps = 0;
        if (dialect.Quote < 0) return false;
        var ways = Ways(0, expected);
        _isStray = ways == 0 && _stray.TryRead(line, expected);
        if (ways != 1) return _isStray;
        _fields.Clear();
        for (int at = 0, left = expected; left > 0; left--) at = Take(at, left);
        return true;
    }

    /// <summary>The same for a line of a content; false for a very long one.</summary>
    public bool TryRead(ContentBytes bytes, long start, long end, int expected)
    {
        if (end - start > LongestLine) return false;
        var line = new byte[end - start];
        bytes.CopyTo(start, line);
        return TryRead(line, expected);
    }

    /// <summary>Reads a line without knowing how many fields it has: each quoted field ends at the first quote that can close it.
    /// For headers, whose names must match columns anyway.</summary>
    /// <returns>False when a quote is never closed.</returns>
    public bool TryReadHeader(byte[] line)
    {
        _line = line;
        _isStray = false;
        _fields.Clear();
        for (var at = 0; ;)
        {
            var open = Opening(at);
            var end = open < 0 ? UnquotedEnd(at) : NextClosing(open + 1);
            if (end < 0) return false;
            at = Add(at, open, end);
            if (at > line.Length) return true;
        }
    }

    /// <summary>Number of readings that divide the rest of the line into this many fields: 0, 1, or 2 for several.</summary>
    int Ways(int at, int left)
    {
        if (at > _line.Length) return left == 0 ? 1 : 0;
        if (left == 0) return 0;
        if (_ways.TryGetValue((at, left), out var known)) return known;
        if (++_steps > MostSteps) return 2;
        var open = Opening(at);
        var ways = 0;
        if (open < 0)
        {
            ways = Ways(After(UnquotedEnd(at)), left - 1);
        }
        else
        {
            for (var close = NextClosing(open + 1); close >= 0 && ways < 2; close = NextClosing(close + 1))
                ways += Ways(After(PassBlanks(close + 1)), left - 1);
        }

        return _ways[(at, left)] = Math.Min(ways, 2);
    }

    /// <summary>Takes the field at an offset, in the only possible reading.</summary>
    int Take(int at, int left)
    {
        var open = Opening(at);
        if (open < 0) return Add(at, open, UnquotedEnd(at));
        var close = NextClosing(open + 1);
        while (Ways(After(PassBlanks(close + 1)), left - 1) == 0) close = NextClosing(close + 1);
        return Add(at, open, close);
    }

    int Add(int at, int open, int end)
    {
        if (open >= 0)
        {
            _fields.Add(open + 1, end - open - 1, isQuoted: true, hasEscapes: true);
            return After(PassBlanks(end + 1));
        }

        var (start, length) = (at, end - at);
        if (dialect.Trims)
        {
            while (length > 0 && dialect.IsBlank(_line[start])) (start, length) = (start + 1, length - 1);
            while (length > 0 && dialect.IsBlank(_line[start + length - 1])) length--;
        }

        _fields.Add(start, length, isQuoted: false, hasEscapes: false);
        return After(end);
    }

    /// <summary>Offset of the next field, after the delimiter; past the line's end if there is none.</summary>
    int After(int end) => end == _line.Length ? _line.Length + 1 : end + dialect.Delimiter.Length;

    /// <summary>Offset of the quote that opens the field; -1 for none.</summary>
    int Opening(int at)
    {
        at = PassBlanks(at);
        return at < _line.Length && _line[at] == dialect.Quote ? at : -1;
    }

    int UnquotedEnd(int at)
    {
        var found = _line.AsSpan(at).IndexOf(dialect.Delimiter);
        return found < 0 ? _line.Length : at + found;
    }

    /// <summary>The next quote before a delimiter or the line's end; -1 for none.</summary>
    int NextClosing(int from)
    {
        while (true)
        {
            var found = from >= _line.Length ? -1 : _line.AsSpan(from).IndexOf((byte)dialect.Quote);
            if (found < 0) return -1;
            var behind = PassBlanks(from + found + 1);
            if (behind == _line.Length || _line.AsSpan(behind).StartsWith(dialect.Delimiter)) return from + found;
            from += found + 1;
        }
    }

    int PassBlanks(int at)
    {
        while (dialect.Trims && at < _line.Length && dialect.IsBlank(_line[at])) at++;
        return at;
    }
}
