using Microsoft.Extensions.Hosting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Whether this silo can work: from the end of its start to the beginning of its shutdown,
/// while it reaches the ledger.</summary>
/// <remarks>A silo that is not ready need not be restarted: when the database is back, the silo continues. <c>/health/live</c>
/// decides about restarts.</remarks>
/// <param name="lifetime">Of the program.</param>
/// <param name="reachesLedger">Whether a heartbeat has reached the ledger within <see cref="NodeLedger.SilentAfter"/>.</param>
public sealed class Readiness(IHostApplicationLifetime lifetime, Func<bool> reachesLedger)
{
    /// <summary>For the main node of this process: while another database is unavailable, the pipelines
    /// of the main one still load.</summary>
    internal Readiness(IHostApplicationLifetime lifetime, LocalNodes local)
        : this(lifetime, () => local.Main.Node.ReachesLedger)
    {
    }

    /// <summary>Local and cheap: asks no grain and no database.</summary>
    public bool IsReady => WhyNot is null;

    /// <summary>Why it is not ready, human-readable; null if it is.</summary>
    public string? WhyNot
    {
        get
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested) return "the silo is stopping";
            if (!lifetime.ApplicationStarted.IsCancellationRequested) return "the silo is starting";
            return reachesLedger() ? null
                : $"the database has been unreachable for more than {NodeLedger.SilentAfter.TotalSeconds:0} s";
        }
    }
}
