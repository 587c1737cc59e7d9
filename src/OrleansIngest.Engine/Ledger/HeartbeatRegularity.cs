namespace OrleansIngest.Engine.Ledger;

/// <summary>Whether this node's own heartbeats have recently been regular. A node that was itself cut off from the database, or
/// stopped, a moment ago cannot distinguish silent nodes from those that it did not hear: after a database has hung for ten
/// seconds, every last heartbeat is ten seconds old.</summary>
sealed class HeartbeatRegularity(TimeProvider time)
{
    /// <summary>Two beats further apart are not regular.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(4);

    readonly Lock _lock = new();
    long _last;
    TimeSpan _gap = TimeSpan.MaxValue;

    /// <summary>True if the last beat was a short time ago, and the previous one a short time before that.</summary>
    public bool IsRegular
    {
        get
        {
            lock (_lock) return _gap <= LongestGap && time.GetElapsedTime(_last) <= LongestGap;
        }
    }

    /// <summary>Time since the last beat; the maximum before the first one.</summary>
    public TimeSpan SinceBeat
    {
        get
        {
            lock (_lock) return _last == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(_last);
        }
    }

    /// <summary>A heartbeat has reached the database.</summary>
    public void Beat()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _gap = _last == 0 ? TimeSpan.MaxValue : time.GetElapsedTime(_last, now);
            _last = now;
        }
    }
}
