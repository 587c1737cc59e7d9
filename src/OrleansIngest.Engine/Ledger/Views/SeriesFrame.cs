namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The steps of a series while it is being filled.</summary>
sealed class SeriesFrame
{
    readonly Dictionary<string, PipelineSeries> _pipelines = new(StringComparer.Ordinal);
    readonly long _first;
    readonly int _count;

    SeriesFrame(long first, int count, int step) => (_first, _count, Step) = (first, count, step);

    /// <summary>Length of a step in seconds.</summary>
    public int Step { get; }

    public DateTimeOffset From => DateTimeOffset.FromUnixTimeSeconds(_first);

    public DateTimeOffset To => DateTimeOffset.FromUnixTimeSeconds(_first + (long)_count * Step);

    /// <summary>Creates the whole steps that cover a range.</summary>
    public static SeriesFrame Of(DateTimeOffset from, DateTimeOffset to, int step)
    {
        var first = Floor(from.ToUnixTimeSeconds(), step);
        var last = Floor((to > from ? to : from).AddTicks(-1).ToUnixTimeSeconds(), step);
        return new SeriesFrame(first, (int)Math.Min((last - first) / step + 1, 100_000), step);
    }

    public PipelineSeries Add(string pipeline)
    {
        if (!_pipelines.TryGetValue(pipeline, out var series)) _pipelines.Add(pipeline, series = new PipelineSeries(_count));
        return series;
    }

    public IEnumerable<PipelineSeries> All => _pipelines.Values;

    /// <summary>Null for a pipeline that was not added, as one that has been removed.</summary>
    public PipelineSeries? Find(string pipeline) => _pipelines.GetValueOrDefault(pipeline);

    /// <summary>The index of an instant in seconds since 1970; null if it is outside.</summary>
    public int? IndexOf(long seconds) => seconds >= _first && (seconds - _first) / Step < _count
        ? (int)((seconds - _first) / Step) : null;

    public Series ToSeries()
    {
        var t = new long[_count];
        for (var i = 0; i < _count; i++) t[i] = _first + (long)i * Step;
        return new Series { From = From, To = To, StepSeconds = Step, T = t, Pipelines = _pipelines };
    }

    static long Floor(long seconds, int step) => seconds - ((seconds % step) + step) % step;
}
