using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Examinations, first lines, remedies and reports, for those who may have them.</summary>
public sealed class ExaminationTests : IAsyncLifetime
{
    Ledger _ledger = null!;
    MonitorProcess _monitor = null!;
    HttpClient _operator = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ledger = await Ledger.CreateAsync();
        _monitor = await MonitorProcess.StartAsync(_ledger.ConnectionString,
            new Dictionary<string, string> { ["INGEST_VIEWER_TOKEN"] = MonitorProcess.ViewerToken });
        _operator = _monitor.Client(MonitorProcess.OperatorToken);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _monitor.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    /// <summary>A quarantined file of a pipeline that is kept in the database; nothing runs it.</summary>
    async Task<long> AddFileAsync(string content, bool isKept = true)
    {
        var path = Path.Combine(_monitor.Folder, "orders.csv");
        await File.WriteAllTextAsync(path, content, Token);
        const string config = """{"name": "kept", "table": "public.kept", "watch": ["/data/kept"]}""";
        await _ledger.ExecuteAsync("CREATE TABLE IF NOT EXISTS public.kept (id int NOT NULL, name text)");
        await _ledger.ExecuteAsync(
            "INSERT INTO ingest.pipeline (name, config) VALUES ('kept', $1::text::jsonb) ON CONFLICT DO NOTHING", config);
        if (isKept)
            await _ledger.ExecuteAsync(
                "INSERT INTO ingest.pipeline_version (name, version, config, who) VALUES ('kept', 1, $1::text::jsonb, 'ann') ON "
                    + "CONFLICT DO NOTHING", config);
        return await _ledger.ScalarAsync<long>(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, reason, error)
            VALUES ('kept', $1, $2, $3, 0, 0, 'quarantined', 'it is broken', 'it is broken') RETURNING file_id
            """,
            path, new FileInfo(path).Length, (File.GetLastWriteTimeUtc(path) - DateTime.UnixEpoch).Ticks * 100);
    }

    async Task<JsonElement> ExamineAsync(long id) =>
        await _operator.GetFromJsonAsync<JsonElement>($"/api/v1/files/{id}/examination", Token);

    Task<HttpResponseMessage> ApplyAsync(long id, JsonElement options) =>
        _operator.PostAsJsonAsync($"/api/v1/files/{id}/remedy", new { options, reason = "it has semicolons" }, Token);

    [Fact]
    public async Task First_lines_are_for_operators_and_the_examination_for_whoever_may_look()
    {
        var id = await AddFileAsync("id,name\n1,<script>\u202E\n");
        using var viewer = _monitor.Client(MonitorProcess.ViewerToken);

        using var nobody = await _monitor.Http.GetAsync($"/api/v1/files/{id}/head", Token);
        using var looks = await viewer.GetAsync($"/api/v1/files/{id}/head", Token);
        using var examined = await viewer.GetAsync($"/api/v1/files/{id}/examination", Token);
        using var stranger = await _monitor.Http.GetAsync($"/api/v1/files/{id}/examination", Token);
        var head = await _operator.GetFromJsonAsync<JsonElement>($"/api/v1/files/{id}/head", Token);

        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Problem.OfAsync(looks, HttpStatusCode.Forbidden);
        examined.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await examined.Content.ReadAsStringAsync(Token)).ShouldNotContain("script");
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        head.GetProperty("source").GetString().ShouldBe("present");
        head.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("text").GetString())
            .ShouldBe(["id,name", "1,<script>\u202E"]);
        (await _operator.GetFromJsonAsync<JsonElement>("/api/v1/files/1/head", Token)).GetProperty("source").GetString()
            .ShouldBe("gone");
    }

    [Fact]
    public async Task Remedy_that_is_proposed_is_applied_and_the_file_waits_to_be_loaded()
    {
        var id = await AddFileAsync("id;name\n1;Ann\n2;Bob\n");
        var remedy = (await ExamineAsync(id)).GetProperty("diagnosis").GetProperty("remedies")[0];
        remedy.GetProperty("canApply").GetBoolean().ShouldBeTrue();

        using var applied = await ApplyAsync(id, remedy.GetProperty("options"));

        applied.StatusCode.ShouldBe(HttpStatusCode.OK, await applied.Content.ReadAsStringAsync(Token));
        (await applied.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("status").GetString().ShouldBe("ready");
        (await _ledger.ScalarAsync<string>(
            "SELECT config #>> '{csv,delimiter}' FROM ingest.kept_pipeline WHERE name = 'kept'")).ShouldBe(";");
        (await _ledger.ScalarAsync<string>(
            "SELECT who || ' ' || reason FROM ingest.pipeline_version WHERE name = 'kept' AND version = 2"))
            .ShouldBe("operator (http, 127.0.0.1) it has semicolons");
    }

    [Fact]
    public async Task Options_that_no_examination_proposes_are_not_set()
    {
        var id = await AddFileAsync("id;name\n1;Ann\n");
        var options = JsonSerializer.Deserialize<JsonElement>("""[{ "name": "table", "json": "\"public.secrets\"" }]""");

        using var refused = await ApplyAsync(id, options);
        using var empty = await _operator.PostAsJsonAsync($"/api/v1/files/{id}/remedy", new { reason = "x" }, Token);
        using var unknown = await ApplyAsync(999_999, options);
        using var viewer = _monitor.Client(MonitorProcess.ViewerToken);
        using var looks = await viewer.PostAsJsonAsync($"/api/v1/files/{id}/remedy", new { options }, Token);

        await Problem.OfAsync(refused, HttpStatusCode.Conflict);
        await Problem.OfAsync(empty, HttpStatusCode.BadRequest);
        await Problem.OfAsync(unknown, HttpStatusCode.NotFound);
        await Problem.OfAsync(looks, HttpStatusCode.Forbidden);
        (await _ledger.ScalarAsync<long>("SELECT count(*) FROM ingest.pipeline_version WHERE name = 'kept'")).ShouldBe(1);
    }

    [Fact]
    public async Task Pipeline_of_a_file_is_not_changed_here()
    {
        var id = await AddFileAsync("id;name\n1;Ann\n", isKept: false);
        var remedy = (await ExamineAsync(id)).GetProperty("diagnosis").GetProperty("remedies")[0];

        using var refused = await ApplyAsync(id, remedy.GetProperty("options"));

        remedy.GetProperty("canApply").GetBoolean().ShouldBeFalse();
        remedy.GetProperty("copy").GetString().ShouldBe("\"csv\": {\"delimiter\":\";\"}");
        await Problem.OfAsync(refused, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Report_says_times_in_the_zone_that_is_asked_for_and_refuses_others()
    {
        var from = new DateTimeOffset(await _ledger.ScalarAsync<DateTime>("SELECT clock_timestamp() - interval '1 h'"));
        var at = Uri.EscapeDataString(from.ToString("O"));

        var utc = await _operator.GetFromJsonAsync<JsonElement>($"/api/v1/report?from={at}", Token);
        var kolkata = await _operator.GetFromJsonAsync<JsonElement>($"/api/v1/report?from={at}&timeZone=Asia/Kolkata", Token);

        utc.GetProperty("text").GetString()!.ShouldStartWith($"Since {from:HH:mm}: {Ledger.Loaded} files, ");
        kolkata.GetProperty("text").GetString()!.ShouldStartWith($"Since {from.ToOffset(TimeSpan.FromMinutes(330)):HH:mm}: ");
        utc.GetProperty("quarantined").GetInt64().ShouldBe(2);
        utc.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString())
            .ShouldBe(["node", "pause", "alert", "alert", "alert"], ignoreOrder: true);
        foreach (var zone in new[] { "../../../etc/passwd", "/dev/zero", "Nowhere/City", "Europe/..", "%00" })
        {
            using var refused = await _operator.GetAsync($"/api/v1/report?from={at}&timeZone={zone}", Token);
            (await Problem.OfAsync(refused, HttpStatusCode.BadRequest)).ErrorsOf("timeZone").ShouldNotBeEmpty(zone);
        }

        using var without = await _operator.GetAsync("/api/v1/report", Token);
        (await Problem.OfAsync(without, HttpStatusCode.BadRequest)).ErrorsOf("from")[0].ShouldContain("required");
    }
}
