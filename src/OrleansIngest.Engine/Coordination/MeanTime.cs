namespace OrleansIngest.Engine.Coordination;

/// <summary>The mean of some times, since it was last asked for.</summary>
sealed class MeanTime
{
    TimeSpan _sum;
    int _count;

    /// <summary>One more.</summary>
    public void Add(TimeSpan time)
    {
        _sum += time;
        _count++;
    }

    /// <summary>Milliseconds, or null when there was none; begins anew.</summary>
    public double? Take()
    {
        double? mean = _count == 0 ? null : _sum.TotalMilliseconds / _count;
        (_sum, _count) = (TimeSpan.Zero, 0);
        return mean;
    }
}
