using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Meters and traces say what the ledger says.</summary>
public sealed class TelemetryTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text, CHECK (id < 1000000))";

    [Fact]
    public async Task Counters_agree_with_the_ledger()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 50);
        var node = await bench.StartNodeAsync();
        using var listener = new Listener(node.Id.Value);
        var small = Enumerable.Range(0, 20).Select(i => bench.Write($"small{i}.csv", Lines(i)));

        await bench.LoadAsync(
        [
            .. small, bench.Write("large.csv", Lines(1000)), bench.Write("empty.csv", ""), bench.Write("wrong.csv", "x\n"),
            bench.Write("bad.csv", "id,name\nx,y\n\n1,one\n2\n,none\n1000001,too much\n3,\"o\"pen\n"),
        ]);

        string Number(string sql) => bench.RowsAsync(sql).GetAwaiter().GetResult().Single();
        listener.Sum(MetricNames.Records).ToString().ShouldBe(Number("SELECT sum(records) FROM ingest.batch"));
        listener.Sum(MetricNames.RowsLoaded).ToString().ShouldBe(Number("SELECT count(*) FROM t"));
        listener.Sum(MetricNames.RowsSkipped).ToString().ShouldBe(Number("SELECT sum(rows_skipped) FROM ingest.batch"));
        listener.Sum(MetricNames.Bytes).ToString().ShouldBe(Number("SELECT sum(bytes_read) FROM ingest.file"));
        listener.Sum(MetricNames.Batches).ToString().ShouldBe(Number("SELECT count(*) FROM ingest.batch"));
        listener.Sum(MetricNames.Commits).ToString().ShouldBe(Number("SELECT sum(commits) FROM ingest.throughput"));
        listener.By(MetricNames.RowsRejected, MetricNames.Reason).Select(r => $"{r.Key}|{r.Value}").Order()
            .ShouldBe((await bench.RowsAsync("SELECT reason, count(*) FROM corrupt_records GROUP BY 1")).Order());
        listener.By(MetricNames.RowsRejected, MetricNames.Reason).Keys.ShouldBe(
            ["bad_value", "broken_quote", "constraint", "field_count", "missing_value"], ignoreOrder: true);
        listener.By(MetricNames.Files, MetricNames.Outcome).Select(r => $"{r.Key}|{r.Value}").Order()
            .ShouldBe(["loaded|23", "quarantined|1"]);
        listener.Sum(MetricNames.Claims).ShouldBe(24);
        listener.Count(MetricNames.FileLatency).ShouldBe(23);
        listener.Count(MetricNames.BatchDuration).ShouldBe(2 * listener.Sum(MetricNames.Batches));
        listener.Count(MetricNames.CommitDuration).ShouldBe(2 * listener.Sum(MetricNames.Commits));
        listener.Labels.ShouldBeSubsetOf([MetricNames.Node, MetricNames.Pipeline, MetricNames.Reason, MetricNames.Outcome,
            MetricNames.Phase, MetricNames.Cause]);
        listener.Gauge(MetricNames.MemoryUsed).ShouldBe(0);
        listener.Gauge(MetricNames.Lanes).ShouldBe(2);
        listener.Gauge(MetricNames.DatabaseUp).ShouldBe(1);
    }

    [Fact]
    public async Task File_is_a_trace_with_its_batches_and_their_commit()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 50);
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MetricNames.Meter,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var path = bench.Write("a.csv", Lines(120));

        await bench.LoadAsync(path);

        var file = ended.Single(a => a.OperationName == "ingest.file" && Equals(a.GetTagItem("file.path"), path));
        var batches = ended.Where(a => a.OperationName == "ingest.batch" && a.ParentSpanId == file.SpanId).ToArray();
        batches.Select(b => b.GetTagItem("ingest.records")).Order().ShouldBe([20L, 50L, 50L]);
        batches.ShouldAllBe(b => b.TraceId == file.TraceId && b.StartTimeUtc >= file.StartTimeUtc.AddMilliseconds(-50)
            && b.Duration > TimeSpan.Zero);
        var spans = batches.Select(b => b.SpanId).ToHashSet();
        var commits = ended.Where(a => a.OperationName == "ingest.commit" && spans.Contains(a.ParentSpanId)).ToArray();
        commits.Sum(c => 1 + c.Links.Count(l => spans.Contains(l.Context.SpanId))).ShouldBe(3, "each batch is in one commit");
        file.GetTagItem("ingest.outcome").ShouldBe("loaded");
    }

    static string Lines(int records) => "id,name\n" + string.Concat(Enumerable.Range(1, records).Select(i => $"{i},name {i}\n"));

    /// <summary>Hears one node.</summary>
    sealed class Listener : IDisposable
    {
        readonly MeterListener _listener = new();
        readonly ConcurrentQueue<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _heard = new();

        public Listener(string node)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MetricNames.Meter) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
            _listener.Start();

            void Hear(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                var all = tags.ToArray();
                if (all.Contains(new(MetricNames.Node, node))) _heard.Enqueue((name, value, all));
            }
        }

        public IEnumerable<string> Labels => _heard.SelectMany(h => h.Tags).Select(t => t.Key).Distinct();

        public long Sum(string name) => (long)_heard.Where(h => h.Name == name).Sum(h => h.Value);

        public long Count(string name) => _heard.Count(h => h.Name == name);

        public Dictionary<string, long> By(string name, string label) => _heard.Where(h => h.Name == name)
            .GroupBy(h => (string)h.Tags.Single(t => t.Key == label).Value!).ToDictionary(g => g.Key,
                g => (long)g.Sum(h => h.Value));

        public double Gauge(string name)
        {
            _listener.RecordObservableInstruments();
            return _heard.Last(h => h.Name == name).Value;
        }

        public void Dispose() => _listener.Dispose();
    }
}
