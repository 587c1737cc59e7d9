namespace OrleansIngest.Silo;

/// <summary>The program's clock, except that one timer of Orleans is suspended while this silo is the only one.</summary>
/// <remarks>Orleans' <c>ThreadPoolStallDetector</c> samples ten times a second, to distinguish a failed probe of another silo
/// from a stall of its own. Without another silo there are no probes, and each sample wakes two or three threads. The type is
/// internal; if a later version renames it, its timer runs.</remarks>
/// <param name="clock">The real one.</param>
sealed class SiloClock(TimeProvider clock) : TimeProvider
{
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
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        if (state?.GetType().Name != "ThreadPoolStallDetector") return timer;
        lock (_lock)
        {
            _samplers.Add((timer, period));
            if (_isAlone) Set(timer, period);
        }

        return timer;
    }

    /// <summary>False for a disposed one, which does no harm.</summary>
    bool Set(ITimer timer, TimeSpan period) =>
        _isAlone ? timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : timer.Change(period, period);
}
