using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Statistics;

namespace OrleansIngest.Silo;

/// <summary>The processor time and the memory of this process, measured on request.</summary>
/// <remarks>Orleans' own provider has the runtime sample all of its event counters every second, for figures that only the
/// Dashboard shows here. <see cref="EnvironmentStatistics"/> has no public constructor; if a later version has another one,
/// Orleans' own provider stays.</remarks>
sealed class LazyStatistics(ConstructorInfo make, TimeProvider time) : IEnvironmentStatisticsProvider
{
    static readonly Type[] Figures = [typeof(float), typeof(float), typeof(long), typeof(long), typeof(long), typeof(long),
        typeof(long)];
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    EnvironmentStatistics _last;
    TimeSpan _used = Environment.CpuUsage.TotalTime;
    long _measuredAt = time.GetTimestamp();
    bool _isMeasured;

    /// <summary>Replaces Orleans' own provider. Call it after <c>UseOrleans</c>.</summary>
    /// <returns>Whether it was replaced.</returns>
    public static bool Add(IServiceCollection services)
    {
        if (Constructor() is not { } make) return false;
        services.AddSingleton<IEnvironmentStatisticsProvider>(
            provider => new LazyStatistics(make, provider.GetRequiredService<TimeProvider>()));
        return true;
    }

    /// <inheritdoc/>
    public EnvironmentStatistics GetEnvironmentStatistics()
    {
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_measuredAt);
            if (_isMeasured && elapsed < Freshness) return _last;
            var used = Environment.CpuUsage.TotalTime;
            var percent = elapsed <= TimeSpan.Zero
                ? 0
                : (float)Math.Clamp(100 * ((used - _used) / elapsed) / Environment.ProcessorCount, 0, 100);
            var memory = GC.GetGCMemoryInfo();
            var heap = GC.GetTotalMemory(forceFullCollection: false);
            var free = Math.Max(0, memory.TotalAvailableMemoryBytes - Math.Max(heap, Environment.WorkingSet));
            (_used, _measuredAt, _isMeasured) = (used, time.GetTimestamp(), true);
            return _last = (EnvironmentStatistics)make.Invoke(
                [percent, percent, heap, heap, free, free, memory.TotalAvailableMemoryBytes]);
        }
    }

    static ConstructorInfo? Constructor() =>
        typeof(EnvironmentStatistics).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public,
            Figures);
}
