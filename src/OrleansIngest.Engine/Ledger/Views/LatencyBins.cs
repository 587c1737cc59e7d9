namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Percentiles from the histogram in <c>ingest.latency</c>, whose bin i ends at 2^(i/2) ms.</summary>
sealed class LatencyBins
{
    readonly long[] _files = new long[61];

    /// <summary>Number of files.</summary>
    public long Count { get; private set; }

    public void Add(int bin, long files)
    {
        _files[bin] += files;
        Count += files;
    }

    /// <summary>A percentile, assuming an even distribution within each bin; null without files.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double? Percentile(double share)
    {
        if (Count == 0) return null;
        var wanted = share * Count;
        double below = 0;
        for (var bin = 0; bin < _files.Length; bin++)
        {
            if (_files[bin] > 0 && below + _files[bin] >= wanted)
            {
                var (start, end) = (bin == 0 ? 0 : End(bin - 1), End(bin));
                return Math.Round(start + (end - start) * (wanted - below) / _files[bin], 1);
            }

            below += _files[bin];
        }

        return End(_files.Length - 1);
    }

    public Latency ToLatency() => new(Percentile(0.5), Percentile(0.99), Count);

    static double End(int bin) => Math.Pow(2, bin / 2.0);
}
