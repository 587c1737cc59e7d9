using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class ProgressTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    MonitorProcess Monitor => fixture.Monitor;

    [Fact]
    public async Task Progress_has_the_names_of_Sparks_StreamingQueryProgress()
    {
        var progress = await Monitor.GetAsync("/pipelines/shop/progress?last=60");

        progress.GetArrayLength().ShouldBe(60);
        var busy = progress.EnumerateArray().First(p => p.GetProperty("numInputRows").GetInt64() > 0);
        Names(busy).ShouldBe(
            ["id", "runId", "name", "timestamp", "batchId", "batchDuration", "numInputRows", "inputRowsPerSecond",
                "processedRowsPerSecond", "durationMs", "eventTime",
                "stateOperators", "sources", "sink", "observedMetrics"]);
        Names(busy.GetProperty("sources")[0]).ShouldBe(
            ["description", "startOffset", "endOffset", "latestOffset", "numInputRows", "inputRowsPerSecond",
                "processedRowsPerSecond", "metrics"]);
        Names(busy.GetProperty("sink")).ShouldBe(["description", "numOutputRows", "metrics"]);
        Names(busy.GetProperty("durationMs")).ShouldBeSubsetOf(
            ["addBatch", "commitOffsets", "copy", "parse", "triggerExecution", "wait"]);
        Guid.TryParse(busy.GetProperty("id").GetString(), out _).ShouldBeTrue();
        busy.GetProperty("sources")[0].GetProperty("startOffset").GetProperty("logOffset").GetInt64()
            .ShouldBe(busy.GetProperty("batchId").GetInt64());
    }

    [Fact]
    public async Task Windows_follow_one_another_newest_last_and_add_up()
    {
        var progress = (await Monitor.GetAsync("/pipelines/shop/progress?last=100")).EnumerateArray().ToArray();

        var ids = progress.Select(p => p.GetProperty("batchId").GetInt64()).ToArray();
        ids.ShouldBe(Enumerable.Range(0, 100).Select(i => ids[0] + i));
        progress.Sum(p => p.GetProperty("numInputRows").GetInt64()).ShouldBe(Ledger.Loaded * 20 + 10);
        progress.Sum(p => p.GetProperty("sink").GetProperty("numOutputRows").GetInt64()).ShouldBe(Ledger.Loaded * 18 + 9);
        progress.Select(p => p.GetProperty("id").GetString()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Idle_window_has_no_rate_of_processing()
    {
        var idle = (await Monitor.GetAsync("/pipelines/empty/progress")).EnumerateArray().Single();

        idle.GetProperty("numInputRows").GetInt64().ShouldBe(0);
        idle.TryGetProperty("processedRowsPerSecond", out _).ShouldBeFalse(); // Spark leaves out what is not a number
    }

    [Fact]
    public async Task Sources_are_the_watched_directories_with_the_backlog_in_Auto_Loaders_names()
    {
        var newest = (await Monitor.GetAsync("/pipelines/shop/progress")).EnumerateArray().Single();

        newest.GetProperty("sources").EnumerateArray().Select(s => s.GetProperty("description").GetString())
            .ShouldBe(["FileStreamSource[/data/in]", "FileStreamSource[/data/late]"]);
        var metrics = newest.GetProperty("sources")[0].GetProperty("metrics");
        metrics.GetProperty("numFilesOutstanding").GetString().ShouldBe("3");
        metrics.GetProperty("numBytesOutstanding").GetString().ShouldBe("3000");
        metrics.GetProperty("numFilesInFlight").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task Status_has_the_names_of_Sparks_StreamingQueryStatus()
    {
        var status = await Monitor.GetAsync("/pipelines/shop/status");

        Names(status).ShouldBe(["message", "isDataAvailable", "isTriggerActive"]);
        status.GetProperty("isDataAvailable").GetBoolean().ShouldBeTrue();
        status.GetProperty("isTriggerActive").GetBoolean().ShouldBeTrue();
    }

    static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
