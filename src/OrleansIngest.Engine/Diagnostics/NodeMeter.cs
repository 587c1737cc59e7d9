using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Measures what one node does: per batch, commit and file, never per record. Costs next to
/// nothing without a listener.</summary>
public sealed class NodeMeter : IDisposable
{
    static readonly InstrumentAdvice<double> Durations = new()
    { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    static readonly InstrumentAdvice<double> Latencies = new()
    { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200] };

    static readonly string[] Outcomes = ["loaded", "failed", "quarantined", "put_back", "skipped", "fenced", "abandoned"];

    readonly Meter _meter = new(MetricNames.Meter);
    readonly KeyValuePair<string, object?>[] _node;
    readonly Counter<long> _records, _loaded, _rejected, _skipped, _bytes, _batches, _fenced, _commits, _retries, _claims, _files;
    readonly Histogram<double> _batch, _commit, _latency;

    /// <param name="node">Its name.</param>
    /// <param name="gauges">Its current measurements.</param>
    public NodeMeter(string node, NodeGauges gauges)
    {
        _node = gauges.Database is { } database ? [new(MetricNames.Node, node), new(MetricNames.Database, database)]
            : [new(MetricNames.Node, node)];
        _records = _meter.CreateCounter<long>(MetricNames.Records, "{record}", "Records of committed batches");
        _loaded = _meter.CreateCounter<long>(MetricNames.RowsLoaded, "{row}", "Rows committed to the target table");
        _rejected = _meter.CreateCounter<long>(MetricNames.RowsRejected, "{row}",
            "Records committed to corrupt_records, by reason");
        _skipped = _meter.CreateCounter<long>(MetricNames.RowsSkipped, "{row}", "Records without data, such as blank lines");
        _bytes = _meter.CreateCounter<long>(MetricNames.Bytes, "By", "Bytes of files in committed batches");
        _batches = _meter.CreateCounter<long>(MetricNames.Batches, "{batch}", "Batches committed");
        _fenced = _meter.CreateCounter<long>(MetricNames.BatchesFenced, "{batch}",
            "Batches not committed because another claim owns the file");
        _commits = _meter.CreateCounter<long>(MetricNames.Commits, "{commit}", "Transactions that committed batches");
        _retries = _meter.CreateCounter<long>(MetricNames.Retries, "{retry}",
            "Retried transactions, by cause");
        _claims = _meter.CreateCounter<long>(MetricNames.Claims, "{claim}", "Claims of files that arrived at this node");
        _files = _meter.CreateCounter<long>(MetricNames.Files, "{file}", "Claims that ended, by outcome");
        _batch = _meter.CreateHistogram(MetricNames.BatchDuration, "s",
            "Time of a batch by phase: read (and parse), wait (for a lane)", advice: Durations);
        _commit = _meter.CreateHistogram(MetricNames.CommitDuration, "s",
            "Time of a transaction by phase: copy (COPY), commit (fence, checkpoint and COMMIT)", advice: Durations);
        _latency = _meter.CreateHistogram(MetricNames.FileLatency, "s",
            "Time from a file being in place to its rows being visible", advice: Latencies);
        Gauge(MetricNames.FilesActive, "{file}", "Files in progress in this process", () =>
        {
            Begin(gauges);
            return gauges.ActiveFiles();
        });
        Gauge(MetricNames.FilesCapacity, "{file}", "Maximum number of files in progress in this process", () => gauges.Capacity);
        Gauge(MetricNames.LanesBusy, "{lane}", "Connections of this process that are committing", gauges.BusyLanes);
        Gauge(MetricNames.Lanes, "{lane}", "Connections of this process that commit", () => gauges.Lanes);
        Gauge(MetricNames.MemoryUsed, "By", "Memory of batches in this process", gauges.MemoryUsed);
        Gauge(MetricNames.MemoryLimit, "By", "Maximum memory of batches in this process", () => gauges.MemoryLimit);
        Gauge(MetricNames.DatabaseUp, null, "Whether this process can reach the database: 1 or 0",
            () => gauges.IsDatabaseUp() ? 1 : 0);
    }

    /// <summary>A batch is committed.</summary>
    public void Committed(string pipeline, in CommittedBatch batch)
    {
        var tags = Tags((MetricNames.Pipeline, pipeline));
        _records.Add(batch.Records, tags);
        _loaded.Add(batch.Loaded, tags);
        _skipped.Add(batch.Skipped, tags);
        _bytes.Add(batch.Bytes, tags);
        _batches.Add(1, tags);
        if (!_batch.Enabled) return;
        _batch.Record(batch.Read.TotalSeconds, Phase(pipeline, "read"));
        _batch.Record(batch.Wait.TotalSeconds, Phase(pipeline, "wait"));
    }

    /// <summary>Records of a committed batch were rejected.</summary>
    /// <param name="pipeline">Whose.</param>
    /// <param name="reason">A code, of which there are few.</param>
    /// <param name="records">How many.</param>
    public void Rejected(string pipeline, string reason, long records) =>
        _rejected.Add(records, Tags((MetricNames.Pipeline, pipeline), (MetricNames.Reason, reason)));

    /// <summary>Counts a finished transaction.</summary>
    public void Commit(TimeSpan copy, TimeSpan commit)
    {
        _commits.Add(1, _node);
        if (!_commit.Enabled) return;
        _commit.Record(copy.TotalSeconds, Tags((MetricNames.Phase, "copy")));
        _commit.Record(commit.TotalSeconds, Tags((MetricNames.Phase, "commit")));
    }

    /// <summary>A file became loaded.</summary>
    public void Finished(string pipeline, TimeSpan latency) =>
        _latency.Record(Math.Max(0, latency.TotalSeconds), Tags((MetricNames.Pipeline, pipeline)));

    /// <summary>A batch was not committed because another claim owns its file.</summary>
    public void Fenced(string pipeline) => _fenced.Add(1, Tags((MetricNames.Pipeline, pipeline)));

    /// <summary>Counts a retried transaction.</summary>
    /// <param name="cause">One of <see cref="RetryCause"/>.</param>
    public void Retried(string cause) => _retries.Add(1, Tags((MetricNames.Cause, cause)));

    /// <summary>A claim arrived.</summary>
    public void Claimed(string pipeline) => _claims.Add(1, Tags((MetricNames.Pipeline, pipeline)));

    /// <summary>A claim ended.</summary>
    /// <param name="pipeline">Whose.</param>
    /// <param name="outcome"><c>loaded</c>, <c>failed</c>, <c>quarantined</c>, <c>put_back</c>, <c>skipped</c>, <c>fenced</c> or
    /// <c>abandoned</c>.</param>
    public void Ended(string pipeline, string outcome) =>
        _files.Add(1, Tags((MetricNames.Pipeline, pipeline), (MetricNames.Outcome, outcome)));

    /// <summary>The node has ended: removes its gauges.</summary>
    public void Dispose() => _meter.Dispose();

    /// <summary>Counters that exist from the start, at 0, so that the first reject is an
    /// increase, and not a new series.</summary>
    void Begin(NodeGauges gauges)
    {
        _commits.Add(0, _node);
        foreach (var cause in RetryCause.All) _retries.Add(0, Tags((MetricNames.Cause, cause)));
        foreach (var pipeline in gauges.Pipelines())
        {
            var tags = Tags((MetricNames.Pipeline, pipeline));
            foreach (var counter in new[] { _records, _loaded, _skipped, _bytes, _batches, _fenced, _claims })
                counter.Add(0, tags);
            foreach (var outcome in Outcomes)
                _files.Add(0, Tags((MetricNames.Pipeline, pipeline), (MetricNames.Outcome, outcome)));
            foreach (var reason in gauges.RejectReasons) Rejected(pipeline, reason, 0);
        }
    }

    TagList Tags(params ReadOnlySpan<(string Name, string Value)> more)
    {
        var tags = new TagList(_node);
        foreach (var (name, value) in more) tags.Add(name, value);
        return tags;
    }

    TagList Phase(string pipeline, string phase) => Tags((MetricNames.Pipeline, pipeline), (MetricNames.Phase, phase));

    void Gauge(string name, string? unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, () => new Measurement<long>(value(), _node), unit, description);
}
