using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Silo.Clock;

namespace OrleansIngest.Grains.Tests.Hosting;

/// <summary>What keeps an idle silo asleep.</summary>
public sealed class SiloClockTests
{
    readonly CountingClock _real = new();
    readonly SiloClock _clock;
    int _calls;

    public SiloClockTests()
    {
        _real.Advance(TimeSpan.FromMilliseconds(1100));
        _clock = new SiloClock(_real, () => (long)(_real.GetUtcNow() - _real.Start).TotalMilliseconds);
    }

    [Fact]
    public void CreateTimer_SamplerOfStalls_RestsWhileAlone()
    {
        var period = TimeSpan.FromMilliseconds(100);
        _clock.CreateTimer(_ => _calls++, new ThreadPoolStallDetector(), period, period);

        _clock.IsAlone = true;
        _clock.IsAlone = true;
        _real.Advance(period);
        _calls.ShouldBe(0);

        _clock.IsAlone = false;
        _real.Advance(period);
        _calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(900, 1125)]
    [InlineData(1000, 1250)]
    [InlineData(999.5, 1249)]
    [InlineData(2000, 2500)]
    [InlineData(4000, 5000)]
    [InlineData(60_000, 61_000)]
    public void CreateTimer_LongDelayWhileAlone_MayEndALittleLater(double milliseconds, double expected)
    {
        _clock.IsAlone = true;

        Begin(TimeSpan.FromMilliseconds(milliseconds));
        _clock.CreateTimer(_ => Interlocked.Increment(ref _calls), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan)
            .Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);

        EndsAfter(TimeSpan.FromMilliseconds(expected), calls: 2);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 899)]
    [InlineData(true, 30L * 24 * 60 * 60 * 1000)]
    [InlineData(false, 1000)] // probes of other silos must not be late
    [InlineData(false, 60_000)]
    public void CreateTimer_AnyOtherDelay_IsAsAskedFor(bool isAlone, long milliseconds)
    {
        _clock.IsAlone = isAlone;

        Begin(TimeSpan.FromMilliseconds(milliseconds));

        EndsAfter(TimeSpan.FromMilliseconds(milliseconds), calls: 1);
    }

    [Fact]
    public void CreateTimer_DelaysThatEndTogether_NeedOneTimer()
    {
        _clock.IsAlone = true;

        for (var delay = 1000; delay <= 1250; delay += 10) Begin(TimeSpan.FromMilliseconds(delay));

        _real.Armed.ShouldBe(1);
        EndsAfter(TimeSpan.FromMilliseconds(1250), calls: 26);
    }

    [Fact]
    public void CreateTimer_DelayThatEndsLater_IsNeverEarly()
    {
        _clock.IsAlone = true;
        Begin(TimeSpan.FromMilliseconds(1000)); // ends after 1,250 ms

        Begin(TimeSpan.FromMilliseconds(1251));

        EndsAfter(TimeSpan.FromMilliseconds(1250), calls: 1);
        EndsAfter(TimeSpan.FromMilliseconds(1251 + 312 - 1250), calls: 1);
    }

    [Fact]
    public void CreateTimer_Period_IsSharedWhileAlone()
    {
        var period = TimeSpan.FromMilliseconds(1000);
        _clock.CreateTimer(_ => Interlocked.Increment(ref _calls), null, period, period);

        EndsAfter(period, calls: 1);
        _clock.IsAlone = true;
        EndsAfter(period, calls: 1); // it had begun
        EndsAfter(TimeSpan.FromMilliseconds(1250), calls: 1);
        _clock.IsAlone = false;
        EndsAfter(TimeSpan.FromMilliseconds(1250), calls: 1); // it had begun
        EndsAfter(period, calls: 1);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void CreateTimer_EndedWait_CallsNobody(int milliseconds)
    {
        _clock.IsAlone = true;
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        Begin(delay).Dispose();
        Begin(delay).Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan).ShouldBeTrue();
        var disposed = Begin(delay);
        disposed.Dispose();
        disposed.Change(delay, delay).ShouldBeFalse();
        Begin(delay);

        _real.Advance(TimeSpan.FromSeconds(5));

        Until(() => _calls == 1);
    }

    [Fact]
    public async Task DisposeAsync_RunningCallback_IsAwaited()
    {
        _clock.IsAlone = true;
        using var running = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var timer = _clock.CreateTimer(_ =>
        {
            running.Release();
            go.Wait(TestContext.Current.CancellationToken);
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var advance = Task.Run(() => _real.Advance(TimeSpan.FromSeconds(2)), TestContext.Current.CancellationToken);
        await running.WaitAsync(TestContext.Current.CancellationToken);

        var disposal = timer.DisposeAsync().AsTask();
        disposal.IsCompleted.ShouldBeFalse();
        go.Release();

        await disposal;
        await advance;
    }

    [Fact]
    public async Task Callback_OfASharedDelay_RunsInTheContextOfItsCreator()
    {
        _clock.IsAlone = true;
        var local = new AsyncLocal<string>();
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        local.Value = "creator";
        _clock.CreateTimer(_ => seen.TrySetResult(local.Value), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        local.Value = "later";

        _real.Advance(TimeSpan.FromSeconds(2));

        (await seen.Task).ShouldBe("creator");
    }

    [Fact]
    public void StallDetector_OfOrleans_HasTheNameThatTheClockKnows() =>
        System.Reflection.Assembly.Load("Orleans.Runtime").GetTypes().Select(t => t.Name)
            .ShouldContain(nameof(ThreadPoolStallDetector));

    ITimer Begin(TimeSpan delay) =>
        _clock.CreateTimer(_ => Interlocked.Increment(ref _calls), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Fails if the timers end earlier than expected, or later.</summary>
    void EndsAfter(TimeSpan expected, int calls)
    {
        _calls = 0;
        _real.Advance(expected - TimeSpan.FromMilliseconds(1));
        _calls.ShouldBe(0);
        _real.Advance(TimeSpan.FromMilliseconds(1));
        Until(() => _calls == calls);
    }

    /// <summary>Some callbacks run on other threads.</summary>
    static void Until(Func<bool> isMet) => SpinWait.SpinUntil(isMet, TimeSpan.FromSeconds(30)).ShouldBeTrue();

    /// <summary>Bears the name of Orleans' internal type.</summary>
    sealed class ThreadPoolStallDetector;

    /// <summary>Counts the timers that were begun by their creation.</summary>
    sealed class CountingClock : FakeTimeProvider
    {
        public int Armed { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) Armed++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
