using Orleans.Concurrency;

namespace OrleansIngest.Grains;

/// <summary>The coordinator of one pipeline. The key is the text of a <see cref="GrainKey"/>: the pipeline's name,
/// after that of its database.</summary>
[Alias("ingest.coordinator")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Starts it if it is not running; every silo calls it every second, so that it exists
    /// as long as any silo does.</summary>
    [Alias("ensure-running")]
    Task EnsureRunningAsync();

    /// <summary>Starts the next round at once, because files have ended and there is room for more. One-way;
    /// a lost call does no harm.</summary>
    [Alias("nudge"), OneWay]
    Task WakeAsync();

    /// <summary>Claims no more files; files in progress finish. In force until <see cref="ResumeAsync"/>, even
    /// if all silos are restarted.</summary>
    /// <param name="who">For the history.</param>
    [Alias("pause")]
    Task PauseAsync(string who);

    /// <summary>Claims files again.</summary>
    /// <param name="who">For the history.</param>
    [Alias("resume")]
    Task ResumeAsync(string who);

    /// <summary>Sets the pipeline's share of the silos; in force like a pause.</summary>
    /// <param name="maxInFlight">Maximum number of files loading at once in the whole cluster; null for no limit.</param>
    /// <param name="priority">-100 to 100; the higher is served first.</param>
    /// <param name="who">For the history.</param>
    [Alias("set-limits")]
    Task SetLimitsAsync(int? maxInFlight, int priority, string who);

    /// <summary>Its status.</summary>
    [Alias("status")]
    Task<CoordinatorStatus> GetStatusAsync();
}
