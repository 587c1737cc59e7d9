namespace OrleansIngest.Silo.Clock;

/// <summary>The program's clock, except that an idle silo sleeps longer while it is the only one.</summary>
/// <remarks>Each wake-up of an idle process costs more than what it then does: a switch to the thread of timers, another when
/// the next delay is set, and those to two or three threads of the pool. So long delays end together, in the same
/// <see cref="WakeUps">wake-up</see>. Orleans' <c>ThreadPoolStallDetector</c>, which samples ten times a second to
/// distinguish a failed probe of another silo from a stall of its own, is suspended: without another silo there are no probes.
/// The type is internal; if a later version renames it, its timer runs.</remarks>
sealed class SiloClock : TimeProvider
{
    /// <summary>The shortest delay that may end later than asked for: a second, less what a loop has spent already.</summary>
    static readonly TimeSpan ShortestShared = TimeSpan.FromMilliseconds(900);

    /// <summary>The part of a delay by which it may be late.</summary>
    const int Tolerance = 4;

    static readonly TimeSpan MostLate = TimeSpan.FromSeconds(1);

    /// <summary>Longer delays are of no interest, and those of more than 49 days have a meaning of their own.</summary>
    static readonly TimeSpan LongestShared = TimeSpan.FromDays(1);

    readonly TimeProvider _clock;
    readonly Lock _lock = new();
    readonly List<(ITimer Timer, TimeSpan Period)> _samplers = [];
    bool _isAlone;

    /// <summary>A clock of a silo that may have neighbours.</summary>
    /// <param name="clock">The real one.</param>
    /// <param name="ticks">Milliseconds since some moment, by the clock of timers. Default: .NET's.</param>
    public SiloClock(TimeProvider clock, Func<long>? ticks = null)
    {
        _clock = clock;
#pragma warning disable RS0030 // by another clock than that of .NET's timers, delays would end some milliseconds apart
        WakeUps = new WakeUps(clock, ticks ?? (() => Environment.TickCount64));
#pragma warning restore RS0030
    }

    /// <summary>The moments at which long delays end.</summary>
    internal WakeUps WakeUps { get; }

    /// <summary>Whether there is no other silo to be probed. Default: false. Delays that have begun stay as they are.</summary>
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
    public override TimeZoneInfo LocalTimeZone => _clock.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _clock.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => _clock.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (state?.GetType().Name != "ThreadPoolStallDetector")
        {
            var shared = new SharedTimer(this, callback, state);
            shared.Change(dueTime, period);
            return shared;
        }

        var timer = _clock.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _samplers.Add((timer, period));
            if (_isAlone) Set(timer, period);
        }

        return timer;
    }

    /// <summary>A timer of the real clock.</summary>
    internal ITimer CreateOwn(TimerCallback callback, object state) =>
        _clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Whether a delay of this length may end with others while the silo is alone.</summary>
    internal static bool MayBeShared(TimeSpan delay) => delay >= ShortestShared && delay <= LongestShared;

    /// <summary>The span in which a delay ends: never earlier than asked for, up to a quarter of it late, and at most a second.
    /// In milliseconds of the clock of <see cref="WakeUps"/>. Null if it must be exact.</summary>
    /// <param name="delay">From now.</param>
    internal (long From, long To)? EndOf(TimeSpan delay)
    {
        if (!_isAlone || !MayBeShared(delay)) return null;
        var late = delay / Tolerance < MostLate ? delay / Tolerance : MostLate;
        var from = WakeUps.Now + (long)Math.Ceiling(delay.TotalMilliseconds);
        return (from, from + (long)late.TotalMilliseconds);
    }

    /// <summary>False for a disposed one, which does no harm.</summary>
    bool Set(ITimer timer, TimeSpan period) =>
        _isAlone ? timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : timer.Change(period, period);
}
