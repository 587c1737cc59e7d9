using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class StoredPipelineTests : IAsyncLifetime
{
    const string Address = "/api/v1/pipelines/orders/configuration";

    Ledger _ledger = null!;
    MonitorProcess _monitor = null!;
    HttpClient _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await Ledger.CreateAsync();
        _monitor = await MonitorProcess.StartAsync(_ledger.ConnectionString);
        _operator = _monitor.Client(MonitorProcess.OperatorToken);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _monitor.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task Pipeline_is_kept_changed_and_removed_and_its_versions_say_who_and_why()
    {
        using var added = await PutAsync("?after=0&reason=new%20shop", new { table = "t", watch = new[] { "/in" } });
        using var again = await PutAsync("?after=0", new { table = "u", watch = new[] { "/in" } });
        using var changed = await PutAsync("?after=1",
            new { name = "orders", table = "u", watch = new[] { "/in" }, settleTime = "2s" });
        var kept = await _monitor.GetAsync("/pipelines/orders/configuration");
        using var removed = await _operator.DeleteAsync(Address, TestContext.Current.CancellationToken);
        using var twice = await _operator.DeleteAsync("/api/v1/pipelines/nothing/configuration",
            TestContext.Current.CancellationToken);

        added.StatusCode.ShouldBe(HttpStatusCode.OK,
            await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await Problem.OfAsync(again, HttpStatusCode.Conflict)).GetProperty("detail")
            .GetString()!.ShouldStartWith("Pipeline orders is already in the database: version 1");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        kept.GetProperty("version").GetInt32().ShouldBe(2);
        kept.GetProperty("config").GetProperty("settleTime").GetString().ShouldBe("2s");
        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Problem.OfAsync(twice, HttpStatusCode.NotFound);
        (await _monitor.GetAsync("/kept-pipelines")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var versions = (await _monitor.GetAsync("/pipelines/orders/configuration/history")).GetProperty("items");
        versions.EnumerateArray().Select(v => v.GetProperty("changes").GetString())
            .ShouldBe(["removed", "table \"t\" -> \"u\", settleTime default -> \"2s\"", "added"]);
        versions[2].GetProperty("who").GetString().ShouldBe("operator (http, 127.0.0.1)");
        versions[2].GetProperty("reason").GetString().ShouldBe("new shop");
    }

    [Fact]
    public async Task Pipeline_that_is_not_sound_is_refused_with_every_property()
    {
        using var refused = await PutAsync("", new { table = "t", watch = new[] { "in" }, lanes = 0 });
        using var unknown = await PutAsync("", new { tabel = "t" });

        var errors = (await Problem.OfAsync(refused, HttpStatusCode.BadRequest)).GetProperty("errors");
        errors.GetProperty("lanes")[0].GetString().ShouldBe("must be from 1 to 64, not 0");
        errors.GetProperty("watch")[0].GetString()!.ShouldStartWith("must be absolute");
        await Problem.OfAsync(unknown, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Pipeline_is_not_changed_without_the_operators_token()
    {
        using var client = _monitor.Client("somebody-elses-token-0123");
        using var refused = await client.PutAsJsonAsync(Address, new { table = "t", watch = new[] { "/in" } },
            TestContext.Current.CancellationToken);

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _monitor.GetAsync("/kept-pipelines")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Configuration_shows_what_each_silo_runs()
    {
        await _ledger.ExecuteAsync("""
            INSERT INTO ingest.node_configuration (node, version, files, pipelines, settings, problem)
            VALUES ('silo-1', 3, ARRAY['/etc/ingest.json'],
                '{"shop": {"from": "/etc/ingest.json", "sum": "x", "config": {"table": "t"}}}', '{}', 'wrong')
            """);

        var node = (await _monitor.GetAsync("/configuration")).GetProperty("nodes")[0];

        node.GetProperty("version").GetInt32().ShouldBe(3);
        node.GetProperty("problem").GetString().ShouldBe("wrong");
        node.GetProperty("pipelines").GetProperty("shop").GetProperty("from").GetString().ShouldBe("/etc/ingest.json");
    }

    Task<HttpResponseMessage> PutAsync(string query, object pipeline) =>
        _operator.PutAsJsonAsync(Address + query, pipeline, TestContext.Current.CancellationToken);
}
