namespace OrleansIngest.Silo.Clock;

/// <summary>The moments at which the shared delays of a silo end: one timer of the real clock for each.</summary>
/// <param name="clock">The real one.</param>
/// <param name="ticks">Milliseconds since some moment, by the clock of timers.</param>
sealed class WakeUps(TimeProvider clock, Func<long> ticks)
{
    readonly Lock _lock = new();
    readonly SortedList<long, WakeUp> _pending = [];

    /// <summary>The current moment, in milliseconds.</summary>
    public long Now => ticks();

    /// <summary>Lets a timer end in a span: at the first moment in it at which others end, or else at its last moment, so that
    /// others may join. Loops of the same period therefore soon wake up together, whenever they began.</summary>
    /// <param name="timer">It must not wait for another moment.</param>
    /// <param name="from">Milliseconds.</param>
    /// <param name="to">Milliseconds.</param>
    public void Join(SharedTimer timer, long from, long to)
    {
        lock (_lock)
        {
            var wakeUp = _pending.Values.FirstOrDefault(w => w.At >= from); // there are few
            if (wakeUp is null || wakeUp.At > to) _pending.Add(to, wakeUp = Create(to));
            (timer.WakeUp, timer.Place) = (wakeUp, wakeUp.Timers.Count);
            wakeUp.Timers.Add(timer);
        }
    }

    /// <summary>A timer that waits no longer. It may still end if its moment has come.</summary>
    public void Leave(SharedTimer timer)
    {
        lock (_lock)
        {
            if (timer.WakeUp is not { } wakeUp) return;
            timer.WakeUp = null;
            var last = wakeUp.Timers[^1];
            wakeUp.Timers[last.Place = timer.Place] = last;
            wakeUp.Timers.RemoveAt(wakeUp.Timers.Count - 1);
            if (wakeUp.Timers.Count > 0) return;
            _pending.Remove(wakeUp.At);
            wakeUp.Clock?.Dispose();
        }
    }

    WakeUp Create(long at)
    {
        var wakeUp = new WakeUp(at);
        // The timers have contexts of their own.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        wakeUp.Clock = clock.CreateTimer(
            due => End((WakeUp)due!), wakeUp, TimeSpan.FromMilliseconds(Math.Max(0, at - Now)), Timeout.InfiniteTimeSpan);
        return wakeUp;
    }

    void End(WakeUp wakeUp)
    {
        lock (_lock)
        {
            _pending.Remove(wakeUp.At);
            foreach (var timer in wakeUp.Timers) timer.WakeUp = null;
        }

        wakeUp.Clock?.Dispose();
        // As .NET does: one here, the others beside it, because a callback may run for long.
        foreach (var timer in wakeUp.Timers.Skip(1))
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.EndShared(), timer, preferLocal: false);
        if (wakeUp.Timers is [var first, ..]) first.EndShared();
    }
}
