using Orleans.Concurrency;

namespace OrleansIngest.Grains;

/// <summary>The master of one pipeline. The key is the text of a <see cref="GrainKey"/>: the pipeline's name, after that of its database.</summary>
[Alias("ingest.coordinator")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Starts it when it is not running; asked for by every silo every second, so that it lives as long as one silo does.</summary>
    [Alias("ensure-running")]
    Task EnsureRunningAsync();

    /// <summary>Files have ended, so there is room for more: the next round comes at once. Not answered, and no harm when lost.</summary>
    [Alias("nudge"), OneWay]
    Task WakeAsync();

    /// <summary>Claims no more files; files in progress finish. In force until <see cref="ResumeAsync"/>, also when all silos are restarted.</summary>
    /// <param name="who">For the history.</param>
    [Alias("pause")]
    Task PauseAsync(string who);

    /// <summary>Claims files again.</summary>
    /// <param name="who">For the history.</param>
    [Alias("resume")]
    Task ResumeAsync(string who);

    /// <summary>Sets what the pipeline may take of the silos; holds as a pause does.</summary>
    /// <param name="maxInFlight">Files that may be loading at once in the whole cluster; null for as many as the silos take.</param>
    /// <param name="priority">-100 to 100; the higher is served first.</param>
    /// <param name="who">For the history.</param>
    [Alias("set-limits")]
    Task SetLimitsAsync(int? maxInFlight, int priority, string who);

    /// <summary>What it does.</summary>
    [Alias("status")]
    Task<CoordinatorStatus> GetStatusAsync();
}
