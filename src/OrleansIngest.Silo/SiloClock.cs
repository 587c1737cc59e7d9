namespace OrleansIngest.Silo;

/// <summary>The clock of the program, with timers that wake an idle silo less often. Long waits end together, on a common grid,
/// up to 0.25 s earlier or later than asked for; one timer of Orleans rests while this silo is the only one.</summary>
/// <remarks>What costs an idle silo is waking up, not what it does then: each timer that expires by itself wakes two or three
/// threads. Orleans' <c>ThreadPoolStallDetector</c> samples ten times a second, to tell a probe of another silo that failed from
/// a stall of its own: without another silo there are no probes. The type is internal; if a later version names it otherwise,
/// its timer runs.</remarks>
/// <param name="clock">The real one. Waits of another clock than the system's, as tests have, are not changed.</param>
sealed class SiloClock(TimeProvider clock) : TimeProvider
{
    const long LongStep = 250, LongerStep = 500; // milliseconds
    static readonly TimeSpan FromLong = TimeSpan.FromMilliseconds(900), FromLonger = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    readonly List<(ITimer Timer, TimeSpan Period)> _samplers = [];
    bool _isAlone;

    /// <summary>Whether there is no other silo to be probed. Default: false.</summary>
    public bool IsAlone
    {
        get => _isAlone;
        set
        {
            lock (_lock)
            {
                if (_isAlone == value) return;
                _isAlone = value;
                foreach (var (timer, period) in _samplers) Set(timer, period);
            }
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => clock.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, clock == System ? OnGrid(dueTime) : dueTime, period);
        if (state?.GetType().Name != "ThreadPoolStallDetector") return timer;
        lock (_lock)
        {
            _samplers.Add((timer, period));
            if (_isAlone) Set(timer, period);
        }

        return timer;
    }

    /// <summary>The same wait, if it is a long one, to the nearest point of the grid.</summary>
    internal TimeSpan OnGrid(TimeSpan wait)
    {
        if (wait < FromLong) return wait; // also an infinite one
        var step = wait < FromLonger ? LongStep : LongerStep;
        var now = (long)clock.GetElapsedTime(0).TotalMilliseconds;
        var end = now + (long)wait.TotalMilliseconds;
        return TimeSpan.FromMilliseconds((end + step / 2) / step * step - now);
    }

    /// <summary>False for one that is disposed of, which does no harm.</summary>
    bool Set(ITimer timer, TimeSpan period) =>
        _isAlone ? timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : timer.Change(period, period);
}
