using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>How many of the silos' free places a pipeline may take, beside others that want some too.</summary>
static class FairShare
{
    /// <param name="self">Who asks.</param>
    /// <param name="all">What everybody wants, the asker included or not.</param>
    /// <param name="capacity">Places of all silos together.</param>
    /// <param name="free">Those that are free.</param>
    /// <returns>From 0 to <paramref name="free"/>. What pipelines of a higher priority want is left to them; those of the same priority are left what
    /// is missing to their even share.</returns>
    public static int Of(string self, IReadOnlyList<PipelineDemand> all, int capacity, int free)
    {
        var me = all.FirstOrDefault(d => d.Pipeline == self);
        if (me.Pipeline is null) return free;
        var above = 0L;
        PipelineDemand[] equals = [.. all.Where(d => d.Pipeline != self && d.Priority == me.Priority && d.Wanted > 0)];
        foreach (var other in all.Where(d => d.Pipeline != self && d.Priority > me.Priority)) above += other.Wanted;
        var share = Math.Max(1, capacity / (equals.Length + 1));
        var beside = equals.Sum(d => (long)Math.Min(d.Wanted, Math.Max(0, share - d.Loading)));
        // Its own share is not left to others: with fewer places than pipelines each would wait for the other forever.
        var mine = Math.Max(free - above - beside, Math.Min(free - above, share - me.Loading));
        return (int)Math.Clamp(mine, 0, Math.Min(free, me.Room));
    }
}
