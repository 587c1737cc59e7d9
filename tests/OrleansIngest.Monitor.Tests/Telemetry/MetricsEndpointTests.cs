using OrleansIngest.Monitor.Telemetry;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Telemetry;

/// <summary><c>/metrics</c> as Prometheus sees it.</summary>
[Collection("metrics")] // one at a time: what a process measures is one
public sealed class MetricsEndpointTests
{
    static readonly string[] Contents = ["id,name\n" + string.Concat(Enumerable.Range(1, 120).Select(i => $"{i},n\n")),
        "id,name\nx,y\n\n1,one\n2\n", "", "wrong\n"];

    [Fact]
    public async Task Numbers_are_those_of_the_ledger()
    {
        await using var site = await MetricsSite.StartAsync();
        await site.LoadAsync(Contents);

        var scrape = await site.ScrapeAsync();

        var node = $"node=\"{site.Node.Id}\"";
        MetricsSite.Sum(scrape, "ingest_rows_loaded_total", node).ShouldBe(await site.CountAsync("SELECT count(*) FROM t"));
        MetricsSite.Sum(scrape, "ingest_rows_rejected_total",
            node).ShouldBe(await site.CountAsync("SELECT count(*) FROM corrupt_records"));
        MetricsSite.Sum(scrape, "ingest_rows_rejected_total", node, "reason=\"field_count\"").ShouldBe(1);
        MetricsSite.Sum(scrape, "ingest_records_total", node)
            .ShouldBe(await site.CountAsync("SELECT sum(records) FROM ingest.batch"));
        MetricsSite.Sum(scrape, "ingest_read_bytes_total",
            node).ShouldBe(await site.CountAsync("SELECT sum(bytes_read) FROM ingest.file"));
        MetricsSite.Sum(scrape, "ingest_files_total", node,
            "outcome=\"loaded\"").ShouldBe(await site.CountAsync("SELECT count(*) FROM ingest.file WHERE status = 'loaded'"));
        MetricsSite.Sum(scrape, "ingest_file_latency_seconds_count", node).ShouldBe(3);
        MetricsSite.Sum(scrape, "ingest_ledger_rows_total", "outcome=\"loaded\"",
            "pipeline=\"shop\"").ShouldBe(await site.CountAsync("SELECT sum(rows_loaded) FROM ingest.file"));
        MetricsSite.Sum(scrape, "ingest_ledger_files", "state=\"loaded\"").ShouldBe(3);
        MetricsSite.Sum(scrape, "ingest_ledger_files", "state=\"quarantined\"").ShouldBe(1);
        MetricsSite.Sum(scrape, "ingest_ledger_files", "state=\"ready\"").ShouldBe(0);
        MetricsSite.Sum(scrape, "ingest_ledger_open_rejects",
            "pipeline=\"shop\"").ShouldBe(await site.CountAsync("SELECT count(*) FROM corrupt_records"));
        MetricsSite.Sum(scrape, "ingest_ledger_nodes", "state=\"alive\"").ShouldBe(1);
        MetricsSite.Sum(scrape, "ingest_database_up", node).ShouldBe(1);
        MetricsSite.Sum(scrape, "dotnet_process_memory_working_set_bytes").ShouldNotBeNull().ShouldBeGreaterThan(1_000_000);
        scrape.ShouldNotContain(".csv", Case.Sensitive, "a path is no label");
    }

    [Fact]
    public async Task Database_that_is_away_takes_only_the_numbers_of_the_ledger_away()
    {
        await using var site = await MetricsSite.StartAsync();
        await site.LoadAsync(Contents);
        MetricsSite.Sum(await site.ScrapeAsync(), "ingest_ledger_files").ShouldBe(4);
        // what was read a second ago will do
        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, TestContext.Current.CancellationToken);
        await using (var hide = site.Database.DataSource.CreateCommand("ALTER SCHEMA ingest RENAME TO hidden"))
            await hide.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var scrape = await site.ScrapeAsync();

        MetricsSite.Sum(scrape, "ingest_ledger_files").ShouldBeNull();
        MetricsSite.Sum(scrape, "ingest_rows_loaded_total", $"node=\"{site.Node.Id}\"").ShouldBe(121);
    }

    [Fact]
    public async Task Traces_and_metrics_go_to_the_collector_that_is_named()
    {
        await using var collector = await HttpReceiver.StartAsync();
        await using (var site = await MetricsSite.StartAsync(
            new OtlpSettings(collector.Address, IsHttp: true, Headers: "authorization=secret", ServiceName: "shop-ingest")))
        {
            await site.LoadAsync(Contents);
        } // the end sends what is left

        collector.Received.Select(r => r.Path).Distinct().Order().ShouldBe(["/v1/metrics", "/v1/traces"]);
        collector.Received.ShouldAllBe(r => r.Headers["authorization"] == "secret");
        var traces = string.Concat(collector.Received.Where(r => r.Path == "/v1/traces").Select(r => r.Text));
        foreach (var text in new[] { "ingest.file", "ingest.batch", "ingest.commit", "shop-ingest", "0.csv" })
            traces.ShouldContain(text);
        string.Concat(collector.Received.Where(r => r.Path == "/v1/metrics").Select(r => r.Text))
            .ShouldContain("ingest.rows.loaded");
    }
}
