namespace OrleansIngest.Engine.Coordination;

/// <summary>The mean of durations since it was last taken.</summary>
sealed class MeanTime
{
    TimeSpan _sum;
    int _count;

    /// <summary>Adds a duration.</summary>
    public void Add(TimeSpan time)
    {
        _sum += time;
        _count++;
    }

    /// <summary>The mean in milliseconds, or null without any; starts again.</summary>
    public double? Take()
    {
        double? mean = _count == 0 ? null : _sum.TotalMilliseconds / _count;
        (_sum, _count) = (TimeSpan.Zero, 0);
        return mean;
    }
}
