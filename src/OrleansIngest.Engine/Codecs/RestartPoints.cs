using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Codecs;

/// <summary>The points of one content where decoding can start, collected as they are found. Safe for concurrent use.</summary>
sealed class RestartPoints
{
    /// <summary>Minimum distance: points nearer to each other are not worth their memory.</summary>
    public const long LeastDistance = 1L << 20;

    const int Most = 4096;

    readonly Lock _lock = new();
    readonly List<RestartPoint> _points = [];
    long _distance = LeastDistance;

    /// <summary>The nearest point at or before a position; null for the beginning.</summary>
    public RestartPoint? Before(long position)
    {
        lock (_lock)
        {
            var after = IndexAfter(position);
            return after == 0 ? null : _points[after - 1];
        }
    }

    /// <summary>Adds a point, unless one is near. If there are too many, every second one is removed.</summary>
    public void Add(RestartPoint point)
    {
        lock (_lock)
        {
            var after = IndexAfter(point.Position);
            if (point.Position < _distance || (after > 0 && point.Position - _points[after - 1].Position < _distance)) return;
            if (after < _points.Count && _points[after].Position - point.Position < _distance) return;
            _points.Insert(after, point);
            if (_points.Count < Most) return;
            for (var i = _points.Count - 1; i > 0; i -= 2) _points.RemoveAt(i);
            _distance *= 2;
        }
    }

    /// <summary>Adds a point that is already known.</summary>
    public void Seed(RestartPoint point)
    {
        lock (_lock) _points.Insert(IndexAfter(point.Position), point);
    }

    /// <summary>Removes a point where decoding could not start.</summary>
    public void Remove(RestartPoint point)
    {
        lock (_lock) _points.Remove(point);
    }

    int IndexAfter(long position)
    {
        var (low, high) = (0, _points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_points[middle].Position <= position) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
