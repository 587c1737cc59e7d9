namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Where a file repeats its header, as far as readers have read: a reader that starts in the middle need not read again
/// what others have read. Safe for concurrent use.</summary>
sealed class RepeatedHeaderStop
{
    readonly Lock _lock = new();
    long _noneBefore;
    long _stop = long.MaxValue;

    /// <summary>The offset up to which there is none: the start of a record, or 0.</summary>
    public long NoneBefore
    {
        get
        {
            lock (_lock) return _noneBefore;
        }
    }

    /// <summary>Its offset; <see cref="long.MaxValue"/> if unknown.</summary>
    public long Offset
    {
        get
        {
            lock (_lock) return _stop;
        }
    }

    /// <summary>Records that no record up to an offset repeats the header, from the file's beginning or from
    /// <see cref="NoneBefore"/>.</summary>
    /// <param name="from">Where the reader started.</param>
    /// <param name="to">Offset of the first record that it has not read.</param>
    public void NoteNone(long from, long to)
    {
        lock (_lock)
        {
            if (from <= _noneBefore && to > _noneBefore) _noneBefore = to;
        }
    }

    /// <summary>Records the first repeated header.</summary>
    public void Note(long offset)
    {
        lock (_lock) _stop = Math.Min(_stop, offset);
    }
}
