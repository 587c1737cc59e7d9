using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Determines whether an offset is in the footer: the last lines that are not blank, and the blank ones between and after them.
/// Depends only on the content, so every reader sees the same footer, wherever it starts.
/// </summary>
/// <remarks>If the end is known, the footer is searched backwards from it, once; otherwise the next lines are read
/// ahead.</remarks>
sealed class FooterFinder
{
    readonly ContentBytes _bytes;
    readonly long[] _starts;  // a ring of the last lines that are not blank
    long _footer = -1;        // where the footer starts, once known
    long _lines;
    long _at;

    /// <param name="content">Not owned.</param>
    /// <param name="lines">From 1.</param>
    /// <param name="floor">Offset of the first record: the footer cannot start earlier.</param>
    /// <param name="from">Offset of a record; earlier offsets are never queried.</param>
    public FooterFinder(ByteContent content, int lines, long floor, long from)
    {
        _bytes = new ContentBytes(content);
        _starts = new long[lines];
        _at = from;
        if (content.Length is { } end) _footer = Math.Max(floor, FromTheEnd(end, floor));
    }

    /// <summary>Whether a record that starts here is in the footer. Call it in the order of the file.</summary>
    public bool Contains(long offset)
    {
        while (_footer < 0)
        {
            // The oldest line in the ring starts after the record: enough lines follow it.
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
