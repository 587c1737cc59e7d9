using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>
/// Finds where records end in growing text: after a line feed outside quotes. It does not interpret the records: after the last
/// end, further text may still become part of the open record, which waits.
/// </summary>
/// <remarks>Complete lines are scanned only once. A quote inside quotes that neither closes the field nor is doubled is literal,
/// as with <c>quotes: lenient</c>. A quote that is not closed within the maximum length of a record opens nothing: its line is a
/// record.</remarks>
sealed class RecordEnds
{
    const int ChunkBytes = 64 * 1024;

    readonly DialectBytes? _signs; // null: every line is a record
    readonly int _longest;
    byte[] _chunk = new byte[ChunkBytes];
    long _at;        // where the next line starts
    long _line;      // its number
    long _searched;  // no line feed before it
    bool _isOpen;    // the record extends across the start of the line
    (long End, long Line) _first; // after the first line of the open record

    /// <param name="signs">Those of the dialect; null if every line is a record.</param>
    /// <param name="longest">Maximum length of a record in bytes.</param>
    /// <param name="start">Where a record starts.</param>
    /// <param name="line">Which line that is, from 1.</param>
    public RecordEnds(DialectBytes? signs, int longest, long start, long line)
    {
        (_signs, _longest) = (signs, longest);
        (_at, _searched, Last) = (start, start, start);
        (_line, LastLine) = (line, line);
    }

    /// <summary>Where the last complete record ends.</summary>
    public long Last { get; private set; }

    /// <summary>The line that starts there, from 1.</summary>
    public long LastLine { get; private set; }

    /// <summary>How many records have ended.</summary>
    public long Count { get; private set; }

    /// <summary>Scans the text added since the last call.</summary>
    /// <param name="content">The text.</param>
    /// <param name="size">Its current length in bytes.</param>
    /// <param name="atMost">Stops after the first record that ends there or later.</param>
    /// <returns><see cref="Last"/>.</returns>
    public long Find(ByteContent content, long size, long atMost = long.MaxValue)
    {
        while (_searched < size && Last < atMost)
        {
            var wanted = (int)Math.Min(size - _at, _chunk.Length);
            var filled = 0;
            for (var read = 1; filled < wanted && read > 0; filled += read)
                read = content.Read(_at + filled, _chunk.AsSpan(filled, wanted - filled));
            var used = Lines(_chunk.AsSpan(0, filled), atMost);
            if (used > 0) continue;
            if (filled < _chunk.Length) break; // half a line
            Array.Resize(ref _chunk, 2 * _chunk.Length);
        }

        return Last;
    }

    /// <returns>How many bytes of complete lines there were.</returns>
    int Lines(ReadOnlySpan<byte> bytes, long atMost)
    {
        var used = 0;
        var from = (int)Math.Clamp(_searched - _at, 0, bytes.Length);
        while (Last < atMost)
        {
            var length = bytes[(used + from)..].IndexOf((byte)'\n');
            if (length < 0) break;
            length += from + 1;
            Take(bytes.Slice(used, length - 1), _at + length);
            if (_at < _searched) return length; // restarted after an earlier line
            used += length;
            from = 0;
        }

        _searched = Math.Max(_searched, _at + bytes.Length - used);
        return used;
    }

    void Take(ReadOnlySpan<byte> line, long next)
    {
        if (line is [.., (byte)'\r']) line = line[..^1];
        (_at, _searched) = (next, next);
        _line++;
        if (_signs is null)
        {
            End(next, _line);
            return;
        }

        _line += line.Count((byte)'\r'); // each ends a line too
        var wasOpen = _isOpen;
        _isOpen = line.Length <= _longest && StaysOpen(line, wasOpen);
        if (!_isOpen)
        {
            End(next, _line);
            return;
        }

        if (!wasOpen) _first = (next, _line);
        if (next - Last <= _longest) return;
        // The quote is never closed: the text after its first line is scanned again.
        (_at, _line) = _first;
        _isOpen = false;
        End(_at, _line);
    }

    void End(long end, long line)
    {
        (Last, LastLine) = (end, line);
        Count++;
    }

    /// <summary>Whether a record extends across the end of a line.</summary>
    bool StaysOpen(ReadOnlySpan<byte> line, bool isOpen)
    {
        if (_signs!.Quote < 0) return _signs.Escape >= 0 && EndsEscaped(line);
        var isQuoted = isOpen;
        if (!isOpen && _signs.Comment.Length > 0 && line.StartsWith(_signs.Comment)) return false;
        while (true)
        {
            if (!isQuoted)
            {
                if (_signs.Trims)
                {
                    while (line.Length > 0 && _signs.IsBlank(line[0])) line = line[1..];
                }

                isQuoted = line.Length > 0 && line[0] == _signs.Quote;
                if (isQuoted) line = line[1..];
            }

            if (isQuoted && !Close(ref line)) return true;
            isQuoted = false;
            // After the next delimiter, or a return that ends a record.
            var delimiter = line.IndexOf(_signs.Delimiter);
            var end = line.IndexOf((byte)'\r');
            if (delimiter < 0 && end < 0) return false;
            line = end < 0 || (delimiter >= 0 && delimiter < end) ? line[(delimiter + _signs.Delimiter.Length)..]
                : line[(end + 1)..];
        }
    }

    /// <summary>Advances past the quote that closes a field.</summary>
    /// <returns>False when the line has none.</returns>
    bool Close(ref ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = _signs!.Escape >= 0 ? line.IndexOfAny((byte)_signs.Quote, (byte)_signs.Escape)
                : line.IndexOf((byte)_signs.Quote);
            if (at < 0) return false;
            var isEscape = line[at] != _signs.Quote;
            line = line[(at + 1)..];
            if (isEscape || (line.Length > 0 && line[0] == _signs.Quote))
            {
                if (line.IsEmpty) return false;
                line = line[1..];
                continue;
            }

            var behind = line;
            while (_signs.Trims && behind.Length > 0 && _signs.IsBlank(behind[0])) behind = behind[1..];
            if (behind.IsEmpty || behind[0] == '\r' || behind.StartsWith(_signs.Delimiter)) return true;
        }
    }

    bool EndsEscaped(ReadOnlySpan<byte> line)
    {
        var escapes = 0;
        while (escapes < line.Length && line[^(escapes + 1)] == _signs!.Escape) escapes++;
        return escapes % 2 == 1;
    }
}
