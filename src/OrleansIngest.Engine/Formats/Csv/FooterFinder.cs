using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Says of a place in a file whether it is in the footer: the last lines that are not blank, and the blank ones between and
/// after them. Depends on the content alone, so every reader sees the same footer, wherever it starts.
/// </summary>
/// <remarks>Where the end is known the footer is looked for from there, once; elsewhere the next lines are read ahead.</remarks>
sealed class FooterFinder
{
    readonly ContentBytes _bytes;
    readonly long[] _starts;  // of the last lines that are not blank, in a ring
    long _footer = -1;        // where it starts, once that is known
    long _lines;
    long _at;

    /// <param name="content">Not owned.</param>
    /// <param name="lines">From 1.</param>
    /// <param name="floor">Where the first record starts: the footer does.</param>
    /// <param name="from">A place where a record starts; nothing before it is asked for.</param>
    public FooterFinder(ByteContent content, int lines, long floor, long from)
    {
        _bytes = new ContentBytes(content);
        _starts = new long[lines];
        _at = from;
        if (content.Length is { } end) _footer = Math.Max(floor, FromTheEnd(end, floor));
    }

    /// <summary>Whether a record that starts here is in the footer. To be asked in the order of the file.</summary>
    public bool Contains(long offset)
    {
        while (_footer < 0)
        {
            // The oldest of the lines that are kept starts after the record: enough lines follow it.
            if (_lines >= _starts.Length && _starts[_lines % _starts.Length] > offset) return false;
            ReadLine();
        }

        return offset >= _footer;
    }

    void ReadLine()
    {
        var end = _bytes.LineEnd(_at, long.MaxValue);
        if (end > _at) _starts[_lines++ % _starts.Length] = _at;
        var next = _bytes.AfterBreak(end);
        if (next == end && _bytes.At(end) < 0) _footer = _lines < _starts.Length ? 0 : _starts[_lines % _starts.Length];
        _at = next;
    }

    long FromTheEnd(long end, long floor)
    {
        var at = end;
        for (var line = 0; line < _starts.Length && at > floor; line++)
        {
            while (at > floor && _bytes.At(at - 1) is '\n' or '\r') at--;
            at = _bytes.LineStart(at, floor);
        }

        return at;
    }
}
