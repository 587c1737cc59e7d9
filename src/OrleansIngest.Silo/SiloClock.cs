namespace OrleansIngest.Silo;

/// <summary>The program's clock, except that an idle silo sleeps longer while it is the only one.</summary>
/// <remarks>Each wake-up of an idle process costs more than what it then does: a switch to the thread of timers, and to two or
/// three of the pool. So long delays end together. Orleans' <c>ThreadPoolStallDetector</c>, which samples ten times a second to
/// distinguish a failed probe of another silo from a stall of its own, is suspended: without another silo there are no probes.
/// The type is internal; if a later version renames it, its timer runs.</remarks>
/// <param name="clock">The real one.</param>
sealed class SiloClock(TimeProvider clock) : TimeProvider
{
    /// <summary>The shortest delay that may end later than asked for: a second, less what a loop has spent already.</summary>
    static readonly TimeSpan ShortestCoalesced = TimeSpan.FromMilliseconds(900);

    /// <summary>The shortest delay that may end up to a second later; shorter ones may end up to 250 ms later.</summary>
    static readonly TimeSpan Long = TimeSpan.FromSeconds(4);

    const long ShortStep = 250;
    const long LongStep = 1000;

    /// <summary>Longer delays are of no interest, and those of more than 49 days have a meaning of their own.</summary>
    static readonly TimeSpan LongestCoalesced = TimeSpan.FromDays(1);

    readonly Lock _lock = new();
    readonly List<(ITimer Timer, TimeSpan Period)> _samplers = [];
    bool _isAlone;

#pragma warning disable RS0030 // by another clock than that of .NET's timers, delays would end some milliseconds apart
    /// <summary>Milliseconds since some moment, by the clock of timers. Default: .NET's.</summary>
    internal Func<long> Ticks { get; init; } = () => Environment.TickCount64;
#pragma warning restore RS0030

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
        var timer = new CoalescedTimer(clock.CreateTimer(callback, state, Coalesced(dueTime), period), this);
        if (state?.GetType().Name != "ThreadPoolStallDetector") return timer;
        lock (_lock)
        {
            _samplers.Add((timer, period));
            if (_isAlone) Set(timer, period);
        }

        return timer;
    }

    /// <summary>A delay that ends when others do, never earlier than asked for.</summary>
    /// <param name="delay">From now.</param>
    TimeSpan Coalesced(TimeSpan delay)
    {
        if (!_isAlone || delay < ShortestCoalesced || delay > LongestCoalesced) return delay;
        var step = delay < Long ? ShortStep : LongStep;
        var whole = (long)Math.Ceiling(delay.TotalMilliseconds);
        var late = (step - (Ticks() + whole) % step) % step;
        return TimeSpan.FromMilliseconds(whole + late);
    }

    /// <summary>False for a disposed one, which does no harm.</summary>
    bool Set(ITimer timer, TimeSpan period) =>
        _isAlone ? timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : timer.Change(period, period);

    /// <summary>Also coalesces the delays that are set later. Periods are not changed: they continue from the first
    /// end.</summary>
    sealed class CoalescedTimer(ITimer timer, SiloClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Coalesced(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
