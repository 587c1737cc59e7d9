using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Number of the silos' free places that a pipeline may take while others compete for them.</summary>
static class FairShare
{
    /// <param name="self">The pipeline.</param>
    /// <param name="all">The demands of all pipelines, with or without that of <paramref name="self"/>.</param>
    /// <param name="capacity">Total places of all silos.</param>
    /// <param name="free">Free places of all silos.</param>
    /// <returns>From 0 to <paramref name="free"/>. It leaves the places that pipelines of a higher priority demand, and those
    /// that pipelines of the same priority need for an even share.</returns>
    public static int Of(string self, IReadOnlyList<PipelineDemand> all, int capacity, int free)
    {
        var me = all.FirstOrDefault(d => d.Pipeline == self);
        if (me.Pipeline is null) return free;
        var above = 0L;
        PipelineDemand[] equals = [.. all.Where(d => d.Pipeline != self && d.Priority == me.Priority && d.Wanted > 0)];
        foreach (var other in all.Where(d => d.Pipeline != self && d.Priority > me.Priority)) above += other.Wanted;
        var share = Math.Max(1, capacity / (equals.Length + 1));
        var beside = equals.Sum(d => (long)Math.Min(d.Wanted, Math.Max(0, share - d.Loading)));
        // A pipeline always keeps its own share: with fewer places than pipelines, they would otherwise wait for each other
        // forever.
        var mine = Math.Max(free - above - beside, Math.Min(free - above, share - me.Loading));
        return (int)Math.Clamp(mine, 0, Math.Min(free, me.Room));
    }
}
