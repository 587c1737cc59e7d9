using Microsoft.Extensions.Hosting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Whether this silo can work: from the end of its start to the beginning of its stop, and while it reaches the ledger.</summary>
/// <remarks>Not ready is no reason to restart it: a database that is away comes back, and the silo then works on. That is what <c>/health/live</c> is for.</remarks>
/// <param name="lifetime">Of the program.</param>
/// <param name="reachesLedger">Whether a heartbeat has reached the ledger within <see cref="NodeLedger.SilentAfter"/>.</param>
public sealed class Readiness(IHostApplicationLifetime lifetime, Func<bool> reachesLedger)
{
    /// <summary>Of the main node of this process: with another database away, the pipelines of the main one still load.</summary>
    internal Readiness(IHostApplicationLifetime lifetime, LocalNodes local)
        : this(lifetime, () => local.Main.Node.ReachesLedger)
    {
    }

    /// <summary>Local and cheap: asks no grain and no database.</summary>
    public bool IsReady => WhyNot is null;

    /// <summary>Why it is not ready, for people; null when it is.</summary>
    public string? WhyNot
    {
        get
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested) return "it stops";
            if (!lifetime.ApplicationStarted.IsCancellationRequested) return "it starts";
            return reachesLedger() ? null : $"the database has been unreachable for more than {NodeLedger.SilentAfter.TotalSeconds:0} s";
        }
    }
}
