using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Number of the silos' free places that a pipeline may take while others compete for them.</summary>
static class FairShare
{
    /// <param name="self">The pipeline.</param>
    /// <param name="all">The demands of all pipelines, with or without that of <paramref name="self"/>.</param>
    /// <param name="capacity">Places of all silos together.</param>
    /// <param name="free">Those that are free.</param>
    /// <returns>From 0 to <paramref name="free"/>. Pipelines of a higher priority keep what they demand; those of the same
    /// priority keep what they lack of an even share.</returns>
    public static int Of(string self, IReadOnlyList<PipelineDemand> all, int capacity, int free)
    {
        var me = all.FirstOrDefault(d => d.Pipeline == self);
        if (me.Pipeline is null) return free;
        var above = 0L;
        PipelineDemand[] equals = [.. all.Where(d => d.Pipeline != self && d.Priority == me.Priority && d.Wanted > 0)];
        foreach (var other in all.Where(d => d.Pipeline != self && d.Priority > me.Priority)) above += other.Wanted;
        var share = Math.Max(1, capacity / (equals.Length + 1));
        var beside = equals.Sum(d => (long)Math.Min(d.Wanted, Math.Max(0, share - d.Loading)));
        // A pipeline always keeps its own share: with fewer places than pipelines each would wait for the other forever.
        var mine = Math.Max(free - above - beside, Math.Min(free - above, share - me.Loading));
        return (int)Math.Clamp(mine, 0, Math.Min(free, me.Room));
    }
}
