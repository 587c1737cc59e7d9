namespace OrleansIngest.Silo.Clock;

/// <summary>A timer whose long delays end with those of others, and whose other delays are those of the real clock.</summary>
/// <remarks>A period that may be shared is a delay that begins again at each end, so that it is shared as soon as the silo is
/// alone, and exact as soon as it is not.</remarks>
sealed class SharedTimer : ITimer
{
    readonly SiloClock _clock;
    readonly TimerCallback _callback;
    readonly object? _state;
    readonly ExecutionContext? _context = ExecutionContext.Capture();
    readonly ITimer _own;
    readonly Lock _lock = new();
    TimeSpan _again = Timeout.InfiniteTimeSpan;
    bool _isDisposed;
    int _underWay;
    TaskCompletionSource? _ended;

    public SharedTimer(SiloClock clock, TimerCallback callback, object? state)
    {
        (_clock, _callback, _state) = (clock, callback, state);
        _own = clock.CreateOwn(static timer => ((SharedTimer)timer!).EndOwn(), this);
    }

    /// <summary>The wake-up that it waits for; null if none. Belongs to <see cref="WakeUps"/>.</summary>
    public WakeUp? WakeUp { get; set; }

    /// <summary>Its place in the wake-up. Belongs to <see cref="WakeUps"/>.</summary>
    public int Place { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (_isDisposed) return false;
            _again = SiloClock.MayBeShared(period) ? period : Timeout.InfiniteTimeSpan;
            return Begin(dueTime, _again == period ? Timeout.InfiniteTimeSpan : period);
        }
    }

    /// <summary>Called by the wake-up, on any thread.</summary>
    public void EndShared()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            BeginAgain();
            _underWay++;
        }

        try
        {
            if (_context is null) _callback(_state);
            else ExecutionContext.Run(_context, static timer => ((SharedTimer)timer!).Call(), this);
        }
        finally
        {
            lock (_lock)
            {
                if (--_underWay == 0) _ended?.SetResult();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _clock.WakeUps.Leave(this);
        }

        _own.Dispose();
    }

    /// <summary>Also waits until no callback is running.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        Task ended;
        lock (_lock)
        {
            ended = _underWay == 0
                ? Task.CompletedTask
                : (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await ended.ConfigureAwait(false);
        await _own.DisposeAsync().ConfigureAwait(false);
    }

    void EndOwn()
    {
        lock (_lock)
        {
            if (!_isDisposed) BeginAgain();
        }

        Call();
    }

    void Call() => _callback(_state);

    void BeginAgain()
    {
        if (_again != Timeout.InfiniteTimeSpan) Begin(_again, Timeout.InfiniteTimeSpan);
    }

    bool Begin(TimeSpan dueTime, TimeSpan period)
    {
        _clock.WakeUps.Leave(this);
        if (_clock.EndOf(dueTime) is not { } end) return _own.Change(dueTime, period);
        _clock.WakeUps.Join(this, end.From, end.To);
        return _own.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
