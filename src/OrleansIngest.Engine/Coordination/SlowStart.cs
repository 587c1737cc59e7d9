namespace OrleansIngest.Engine.Coordination;

/// <summary>Number of files that a new silo is given: few at first, so that a silo that crashes on its first files does not hold
/// a whole backlog, and so that a backlog does not go to the new silo alone while older ones are busy.</summary>
static class SlowStart
{
    /// <summary>In its first second.</summary>
    public const int AtStart = 8;

    /// <summary>Doubles every second: 128 files after four.</summary>
    /// <param name="capacity">Files that it is willing to hold.</param>
    /// <param name="age">Since it joined, by the database's clock.</param>
    public static int Places(int capacity, TimeSpan age)
    {
        var seconds = Math.Clamp((int)age.TotalSeconds, 0, 20);
        return Math.Min(capacity, AtStart << seconds);
    }
}
