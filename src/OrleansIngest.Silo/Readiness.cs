using Microsoft.Extensions.Hosting;

namespace OrleansIngest.Silo;

/// <summary>Whether this silo wants work: true from the end of its start to the beginning of its stop.</summary>
/// <param name="lifetime">Of the program.</param>
public sealed class Readiness(IHostApplicationLifetime lifetime)
{
    /// <summary>Local and cheap: asks no grain and no database.</summary>
    public bool IsReady => lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
}
