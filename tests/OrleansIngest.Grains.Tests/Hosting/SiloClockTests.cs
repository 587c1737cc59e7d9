using Microsoft.Extensions.DependencyInjection;
using Orleans.Statistics;
using OrleansIngest.Silo;

namespace OrleansIngest.Grains.Tests.Hosting;

/// <summary>What keeps an idle silo asleep.</summary>
public sealed class SiloClockTests
{
    [Fact]
    public void CreateTimer_SamplerOfStalls_RestsWhileAlone()
    {
        var real = new StandingClock();
        var clock = new SiloClock(real);
        var period = TimeSpan.FromMilliseconds(100);
        clock.CreateTimer(_ => { }, new ThreadPoolStallDetector(), period, period);
        clock.CreateTimer(_ => { }, new object(), period, period);

        clock.IsAlone = true;
        clock.IsAlone = true;
        clock.IsAlone = false;

        real.Timers[0].Periods.ShouldBe([Timeout.InfiniteTimeSpan, period]);
        real.Timers[1].Periods.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(900, 900)] // ends at 2,000
    [InlineData(1000, 1150)] // at 2,250
    [InlineData(1150, 1150)]
    [InlineData(1150.2, 1400)]
    [InlineData(3999.5, 4150)] // at 5,250
    [InlineData(4000, 4900)] // at 6,000
    [InlineData(60_000, 60_900)]
    public void CreateTimer_LongDelayWhileAlone_EndsWithOthers(double milliseconds, double expected)
    {
        var real = new StandingClock();
        var clock = new SiloClock(real) { IsAlone = true, Ticks = () => 1100 };
        var delay = TimeSpan.FromMilliseconds(milliseconds);

        clock.CreateTimer(_ => { }, null, delay, Timeout.InfiniteTimeSpan).Change(delay, Timeout.InfiniteTimeSpan);

        var due = TimeSpan.FromMilliseconds(expected);
        real.Timers[0].Delays.ShouldBe([due, due]);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 899)]
    [InlineData(true, -1)] // never
    [InlineData(true, 30L * 24 * 60 * 60 * 1000)]
    [InlineData(false, 1000)] // probes of other silos must not be late
    [InlineData(false, 60_000)]
    public void CreateTimer_AnyOtherDelay_IsAsAskedFor(bool isAlone, long milliseconds)
    {
        var real = new StandingClock();
        var clock = new SiloClock(real) { IsAlone = isAlone };
        var delay = TimeSpan.FromMilliseconds(milliseconds);

        clock.CreateTimer(_ => { }, null, delay, delay).Change(delay, delay);

        real.Timers[0].Delays.ShouldBe([delay, delay]);
    }

    [Fact]
    public void StallDetector_OfOrleans_HasTheNameThatTheClockKnows() =>
        System.Reflection.Assembly.Load("Orleans.Runtime").GetTypes().Select(t => t.Name)
            .ShouldContain(nameof(ThreadPoolStallDetector));

    [Fact]
    public void Statistics_OfThisProcess_TakeThePlaceOfOrleansOwn()
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System);
        LazyStatistics.Add(services).ShouldBeTrue();

        var statistics = services.BuildServiceProvider().GetRequiredService<IEnvironmentStatisticsProvider>()
            .GetEnvironmentStatistics();

        statistics.RawCpuUsagePercentage.ShouldBeInRange(0, 100);
        statistics.RawMemoryUsageBytes.ShouldBeGreaterThan(0);
        statistics.MaximumAvailableMemoryBytes.ShouldBeGreaterThan(statistics.RawAvailableMemoryBytes);
    }

    /// <summary>Bears the name of Orleans' internal type.</summary>
    sealed class ThreadPoolStallDetector;

    sealed class StandingClock : TimeProvider
    {
        public List<StandingTimer> Timers { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers.Add(new StandingTimer { Delays = { dueTime } });
            return Timers[^1];
        }
    }

    sealed class StandingTimer : ITimer
    {
        public List<TimeSpan> Periods { get; } = [];

        /// <summary>The first one is of the creation.</summary>
        public List<TimeSpan> Delays { get; } = [];

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            Periods.Add(period);
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
