namespace OrleansIngest.Engine.Loading.Pacing;

/// <summary>Permits that accrue at a rate, up to one second's worth. An amount larger than that takes all permits and owes the
/// rest: the next caller waits until the debt is paid. The total never exceeds the rate plus an initial second's worth. Safe
/// for concurrent use.</summary>
/// <remarks>https://en.wikipedia.org/wiki/Token_bucket, with a debt in place of a refusal.</remarks>
sealed class TokenBucket
{
    readonly Lock _lock = new();
    readonly double _rate;
    readonly TimeProvider _time;
    double _share = 1;
    double _level;
    long _filledAt;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="perSecond">Permits per second, above 0.</param>
    /// <param name="time">Its clock.</param>
    public TokenBucket(double perSecond, TimeProvider time)
    {
        (_rate, _time, _level) = (perSecond, time, perSecond);
        _filledAt = time.GetTimestamp();
    }

    /// <summary>This bucket's share of the rate, above 0 and up to 1. Default: 1.</summary>
    public double Share
    {
        get
        {
            lock (_lock) return _share;
        }

        set
        {
            lock (_lock)
            {
                Refill();
                _share = value;
                _level = Math.Min(_level, _rate * value);
            }
        }
    }

    /// <summary>Takes permits if they are available.</summary>
    /// <returns>Zero if they were taken; otherwise the time until they are available.</returns>
    public TimeSpan TryTake(double permits)
    {
        lock (_lock)
        {
            Refill();
            var needed = Math.Min(permits, _rate * _share);
            if (_level < needed) return TimeSpan.FromSeconds((needed - _level) / (_rate * _share)) + TimeSpan.FromMilliseconds(1);
            _level -= permits;
            return TimeSpan.Zero;
        }
    }

    /// <summary>Corrects what was taken: a positive number is taken in addition, a negative one is returned.</summary>
    public void Correct(double permits)
    {
        lock (_lock) _level -= permits;
    }

    void Refill()
    {
        var now = _time.GetTimestamp();
        var came = _time.GetElapsedTime(_filledAt, now).TotalSeconds * _rate * _share;
        _filledAt = now;
        _level = Math.Min(_level + came, _rate * _share);
    }
}
