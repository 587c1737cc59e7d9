namespace OrleansIngest.Engine.Ledger;

/// <summary>Remembers the mtime below which no file of a pipeline waits, so that a claim starts there.</summary>
/// <remarks>
/// Claimed files leave dead entries in the index of waiting files until a vacuum removes them. A claim that starts at the oldest
/// would read the entries of every file claimed since: hundreds of thousands in the minute between two vacuums of a ledger with
/// many small files. A floor may be too high: a file may be returned, retried or added by another program. So once a second a
/// claim starts at the oldest, and files added by this program lower the floor. Safe for any number of callers.
/// </remarks>
sealed class ClaimFloors(TimeProvider time)
{
    /// <summary>No floor.</summary>
    public static readonly (long Old, long Recent) None = (long.MinValue, long.MinValue);

    /// <summary>The entries of so few files are read in less than 0.1 ms.</summary>
    internal const int FewFiles = 1_000;

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    readonly Dictionary<string, Floor> _floors = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>Where a claim starts: mtimes in nanoseconds, for files that have waited for a long time and for recent
    /// ones.</summary>
    public (long Old, long Recent) Take(string pipeline)
    {
        lock (_lock)
        {
            var floor = Of(pipeline);
            if (floor.Claimed >= FewFiles && time.GetElapsedTime(floor.TakenAt) < Longest) return (floor.Old, floor.Recent);
            (floor.Old, floor.Recent) = None;
            floor.TakenAt = time.GetTimestamp();
            return None;
        }
    }

    /// <summary>Records the result of a claim from these floors: files in the order of their mtimes, from the first that waits.
    /// The remaining waiting files are after the last of them.</summary>
    public void Raise(string pipeline, List<(long ModifiedNanoseconds, bool IsRecent)> claimed)
    {
        if (claimed.Count == 0) return;
        long? old = null, recent = null;
        foreach (var (modified, isRecent) in claimed)
        {
            if (isRecent) recent = Math.Max(recent ?? modified, modified);
            else old = Math.Max(old ?? modified, modified);
        }

        lock (_lock)
        {
            var floor = Of(pipeline);
            floor.Claimed += claimed.Count;
            floor.Old = old ?? floor.Old;
            floor.Recent = recent ?? floor.Recent;
        }
    }

    /// <summary>Records that a file with this mtime waits, or will soon.</summary>
    public void Lower(string pipeline, long modifiedNanoseconds)
    {
        lock (_lock)
        {
            var floor = Of(pipeline);
            floor.Old = Math.Min(floor.Old, modifiedNanoseconds);
            floor.Recent = Math.Min(floor.Recent, modifiedNanoseconds);
        }
    }

    Floor Of(string pipeline)
    {
        if (!_floors.TryGetValue(pipeline, out var floor)) _floors.Add(pipeline, floor = new Floor());
        return floor;
    }

    sealed class Floor
    {
        public long Old = long.MinValue;
        public long Recent = long.MinValue;
        public long Claimed;
        public long TakenAt;
    }
}
