using Orleans.Concurrency;
using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Grains;

/// <summary>Loads splits of a file on one silo, for the file grain that has the claim on another. The key is the text of a
/// <see cref="GrainKey"/> whose name is that of a <see cref="SplitKey"/>.</summary>
[Alias("ingest.split")]
public interface ISplitGrain : IGrainWithStringKey
{
    /// <summary>Opens the file, again if it was open.</summary>
    /// <returns>Why no splits of it are loaded here, human-readable; null if they are.</returns>
    [Alias("open")]
    Task<string?> OpenAsync(SplitSource source);

    /// <summary>Begins with a split, and returns at once.</summary>
    /// <exception cref="InvalidOperationException">The file is not open here.</exception>
    [Alias("start")]
    Task StartAsync(FileSplit split);

    /// <summary>Waits for some seconds for the end of a split.</summary>
    /// <param name="start">Where the split starts.</param>
    [Alias("wait"), AlwaysInterleave]
    Task<SplitReport> WaitAsync(long start);

    /// <summary>Ends whatever is under way, and closes the file.</summary>
    [Alias("close")]
    Task CloseAsync();
}
