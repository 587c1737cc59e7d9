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
            Timers.Add(new StandingTimer());
            return Timers[^1];
        }
    }

    sealed class StandingTimer : ITimer
    {
        public List<TimeSpan> Periods { get; } = [];

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Periods.Add(period);
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
