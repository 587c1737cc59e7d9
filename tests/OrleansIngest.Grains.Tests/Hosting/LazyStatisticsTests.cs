using Microsoft.Extensions.DependencyInjection;
using Orleans.Statistics;
using OrleansIngest.Silo;

namespace OrleansIngest.Grains.Tests.Hosting;

public sealed class LazyStatisticsTests
{
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
}
