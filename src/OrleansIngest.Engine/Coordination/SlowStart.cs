namespace OrleansIngest.Engine.Coordination;

/// <summary>How many files a silo is given while it is young: few at first, so that one which dies of its first files has not taken a whole backlog with it,
/// and so that a backlog is not handed to the newcomer alone while its older neighbours are busy.</summary>
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
