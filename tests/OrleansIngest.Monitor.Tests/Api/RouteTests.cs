using System.Net;
using System.Text.Json;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class RouteTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    MonitorProcess Monitor => fixture.Monitor;

    [Fact]
    public async Task About_says_what_this_is_and_what_the_caller_may_do()
    {
        var about = await Monitor.GetAsync("/about");

        about.GetProperty("database").GetProperty("state").GetString().ShouldBe("up");
        about.GetProperty("database").GetProperty("serverVersion").GetString().ShouldNotBeNullOrEmpty();
        about.GetProperty("alertRules").EnumerateArray().Select(rule => rule.GetString()).ShouldBe(AlertRule.All);
        about.GetProperty("role").GetString().ShouldBe("anonymous");
        about.GetProperty("canSee").GetBoolean().ShouldBeTrue();
        about.GetProperty("canAct").GetBoolean().ShouldBeFalse();
        about.GetProperty("links").GetProperty("cluster").ValueKind.ShouldBe(JsonValueKind.Null); // no silo here
    }

    [Fact]
    public async Task Overview_sums_up_what_the_ledger_has()
    {
        var overview = await Monitor.GetAsync("/overview");

        var shop = overview.GetProperty("pipelines").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "shop");
        shop.GetProperty("files").GetProperty("loaded").GetInt64().ShouldBe(Ledger.Loaded);
        shop.GetProperty("files").GetProperty("quarantined").GetInt64().ShouldBe(2);
        shop.GetProperty("backlog").GetProperty("files").GetInt64().ShouldBe(3);
        shop.GetProperty("backlog").GetProperty("bytes").GetInt64().ShouldBe(3000);
        shop.GetProperty("backlog").GetProperty("oldestSeconds").GetDouble().ShouldBeGreaterThan(60);
        shop.GetProperty("inFlight").GetProperty("files").GetInt64().ShouldBe(1);
        shop.GetProperty("rowsLoaded").GetInt64().ShouldBe(Ledger.Loaded * 18 + 9);
        shop.GetProperty("rejects").GetProperty("total").GetInt64().ShouldBe(Ledger.Loaded * 2 + 1);
        shop.GetProperty("rejects").GetProperty("ratePercent").GetDouble().ShouldBe(10);
        shop.GetProperty("rejects").GetProperty("open").GetInt64().ShouldBe(Ledger.Loaded * 2);
        foreach (var attention in new[] { shop.GetProperty("attention"), overview.GetProperty("attention") })
        {
            attention.GetProperty("level").GetString().ShouldBe("critical");
            attention.GetProperty("text").GetString().ShouldBe("2 files quarantined · 80 open rejects");
            attention.GetProperty("filesQuarantined").GetInt64().ShouldBe(2);
        }

        overview.GetProperty("totals").GetProperty("openRejects").GetInt64().ShouldBe(Ledger.Loaded * 2);
        shop.GetProperty("table").GetString().ShouldBe("public.orders");
        overview.GetProperty("totals").GetProperty("filesLoaded").GetInt64().ShouldBe(Ledger.Loaded);
        overview.GetProperty("nodes").GetProperty("alive").GetInt64().ShouldBe(1);
        overview.GetProperty("nodes").GetProperty("dead").GetInt64().ShouldBe(1);
        overview.GetProperty("alerts").GetArrayLength().ShouldBe(2);
        var series = overview.GetProperty("series");
        var points = series.GetProperty("t").GetArrayLength();
        var names = series.GetProperty("pipelines").GetProperty("shop");
        foreach (var name in new[] { "inputRows", "inputRate", "processRate", "rejected", "batchMs", "readMs", "waitMs", "copyMs",
            "commitMs", "bytes", "filesFinished", "latencyP50Ms", "latencyP99Ms", "backlogFiles", "backlogBytes" })
            names.GetProperty(name).GetArrayLength().ShouldBe(points, name);
        names.GetProperty("inputRows").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(Ledger.Loaded * 20 + 10);
        names.GetProperty("filesFinished").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(Ledger.Loaded);
        var worked = names.GetProperty("batches").EnumerateArray().Select(v => v.GetInt64() > 0).ToArray();
        worked.Distinct().Count().ShouldBe(2);
        names.GetProperty("inputRate").EnumerateArray().ShouldAllBe(v => v.ValueKind == JsonValueKind.Number);
        foreach (var name in new[] { "processRate", "batchMs", "readMs", "waitMs", "copyMs", "commitMs" })
            names.GetProperty(name).EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number).ShouldBe(worked, name);
    }

    [Fact]
    public async Task Pipeline_without_a_coordinator_says_so()
    {
        var empty = await Monitor.GetAsync("/pipelines/empty");

        empty.GetProperty("status").GetString().ShouldBe("no-coordinator");
        empty.GetProperty("statusReason").GetString()!.ShouldContain("ingest up");
        empty.GetProperty("lastBatch").ValueKind.ShouldBe(JsonValueKind.Null);
        empty.GetProperty("operatorState").GetProperty("paused").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Pipeline_has_its_configuration_without_secrets()
    {
        var shop = await Monitor.GetAsync("/pipelines/shop");

        shop.GetProperty("config").GetProperty("webhookToken").GetString().ShouldBe("***");
        shop.GetProperty("config").GetProperty("source").GetString().ShouldBe("sftp://me:***@host/x");
        shop.GetProperty("config").GetProperty("watch").GetArrayLength().ShouldBe(2);
        var operations = shop.GetProperty("operationMs");
        new[] { "list", "claim", "copy" }.Select(o => operations.GetProperty(o).GetDouble()).ShouldBe([2.5, 7.5, 4]);
    }

    [Fact]
    public async Task Nodes_of_today_are_listed_living_ones_first()
    {
        var nodes = await Monitor.GetAsync("/nodes");

        nodes.GetProperty("items").EnumerateArray().Select(n => n.GetProperty("node").GetString()).ShouldBe(["silo-1", "silo-2"]);
        nodes.GetProperty("total").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Configuration_shows_no_password()
    {
        var configuration = await Monitor.GetAsync("/configuration");

        configuration.GetProperty("database").GetProperty("user").GetString().ShouldNotBeNullOrEmpty();
        configuration.GetProperty("options").GetProperty("operatorToken").GetString().ShouldBe("set");
        configuration.GetRawText().ShouldNotContain("a secret");
        configuration.GetRawText().ShouldNotContain("hidden");
    }

    [Fact]
    public async Task Alerts_are_listed_by_their_state()
    {
        (await Monitor.GetAsync("/alerts?state=firing")).GetProperty("items").EnumerateArray()
            .Select(a => a.GetProperty("rule").GetString())
            .ShouldBe(["quarantined", "oldest-file"]);
        (await Monitor.GetAsync("/alerts?state=resolved")).GetProperty("items").EnumerateArray().Single().GetProperty("rule")
            .GetString().ShouldBe("dead-node");
        (await Monitor.GetAsync("/alerts")).GetProperty("total").GetInt64().ShouldBe(3);
    }

    [Theory]
    [InlineData("/pipelines/nobody")]
    [InlineData("/pipelines/nobody/progress")]
    [InlineData("/pipelines/nobody/status")]
    [InlineData("/files/999999999")]
    [InlineData("/files/abc")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_a_problem_that_says_so(string path) =>
        await Monitor.ProblemAsync(path, HttpStatusCode.NotFound);

    [Fact]
    public async Task Wrong_method_is_a_problem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/files");
        request.Headers.Add("Authorization", "Bearer " + MonitorProcess.OperatorToken);
        using var response = await Monitor.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await Problem.OfAsync(response, HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("/files?limit=0", "limit", "1 to 1000")]
    [InlineData("/files?limit=abc", "limit", "1 to 1000")]
    [InlineData("/files?status=lost", "status", "quarantined")]
    [InlineData("/files?sort=name", "sort", "path")]
    [InlineData("/files?dir=up", "dir", "asc")]
    [InlineData("/files?after=!!", "after", "next")]
    [InlineData("/files?after=MTIz", "after", "next")]
    [InlineData("/files?pipline=shop", "pipline", "pipeline")]
    [InlineData("/files?q=a&q=b", "q", "more than once")]
    [InlineData("/files?q=%00", "q", "NUL")]
    [InlineData("/rejects?fileId=-1", "fileId", "number")]
    [InlineData("/rejects?from=yesterday", "from", "ISO 8601")]
    [InlineData("/rejects?from=2026-01-02&to=2026-01-01", "to", "later")]
    [InlineData("/rejects/export?format=xls", "format", "csv")]
    [InlineData("/series?points=0", "points", "1 to 2000")]
    [InlineData("/pipelines/shop/progress?last=101", "last", "1 to 100")]
    [InlineData("/history/compare?aFrom=2026-01-01&aTo=2026-01-02&bFrom=2026-01-01", "bTo", "required")]
    [InlineData("/alerts?state=loud", "state", "firing")]
    [InlineData("/live?topics=weather", "topics", "overview")]
    public async Task Wrong_parameter_is_named_with_what_it_must_be(string path, string parameter, string hint) =>
        string.Join(' ', (await Monitor.ProblemAsync(path, HttpStatusCode.BadRequest)).ErrorsOf(parameter)).ShouldContain(hint);

    [Fact]
    public async Task Every_wrong_parameter_is_named_at_once()
    {
        var errors = (await Monitor.ProblemAsync("/files?limit=x&sort=y&nope=1",
            HttpStatusCode.BadRequest)).GetProperty("errors");

        errors.EnumerateObject().Select(e => e.Name).ShouldBe(["limit", "sort", "nope"], ignoreOrder: true);
    }
}
