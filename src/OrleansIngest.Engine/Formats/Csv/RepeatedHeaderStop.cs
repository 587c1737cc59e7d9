namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Where a file repeats its header, as far as readers have come: a reader that starts in the middle need not read
/// what others have read. Safe for concurrent use.</summary>
sealed class RepeatedHeaderStop
{
    readonly Lock _lock = new();
    long _noneBefore;
    long _stop = long.MaxValue;

    /// <summary>The place up to which there is none; a record starts there, or it is 0.</summary>
    public long NoneBefore
    {
        get
        {
            lock (_lock) return _noneBefore;
        }
    }

    /// <summary>Where it is; <see cref="long.MaxValue"/> when that is not known.</summary>
    public long Offset
    {
        get
        {
            lock (_lock) return _stop;
        }
    }

    /// <summary>Records that every record before a place was looked at from the file's beginning, or from
    /// <see cref="NoneBefore"/>, and is none.</summary>
    /// <param name="from">Where the reader began.</param>
    /// <param name="to">Where a record starts that it has not looked at.</param>
    public void NoteNone(long from, long to)
    {
        lock (_lock)
        {
            if (from <= _noneBefore && to > _noneBefore) _noneBefore = to;
        }
    }

    /// <summary>Records the first one.</summary>
    public void Note(long offset)
    {
        lock (_lock) _stop = Math.Min(_stop, offset);
    }
}
