using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class OperatorTests : OperatorTest
{
    [Fact]
    public async Task Pipeline_is_paused_and_resumed_and_the_history_knows_who_and_why()
    {
        var paused = await ActAsync("/pipelines/shop/pause", new { reason = "counting <stock>" });
        paused.GetProperty("status").GetString().ShouldBe("paused");
        paused.GetProperty("statusReason").GetString()!.ShouldContain("counting <stock>");
        (await Monitor.GetAsync("/pipelines/shop")).GetProperty("operatorState").GetProperty("pausedReason").GetString()
            .ShouldBe("counting <stock>");

        (await ActAsync("/pipelines/shop/resume", null)).GetProperty("status").GetString().ShouldNotBe("paused");

        var history = (await Monitor.GetAsync("/history?kind=operator&limit=2")).GetProperty("items");
        history.EnumerateArray().Select(h => h.GetProperty("kind").GetString()).ShouldBe(["operator.resume", "operator.pause"]);
        history[1].GetProperty("detail").GetString().ShouldBe("counting <stock>");
        history[1].GetProperty("who").GetString().ShouldBe("operator (http, 127.0.0.1)");
    }

    [Fact]
    public async Task Pipeline_that_only_load_uses_cannot_be_paused()
    {
        await Ledger.ExecuteAsync(
            "INSERT INTO ingest.pipeline (name, config) VALUES ('load-t', '{\"name\": \"load-t\", \"table\": \"t\"}')");

        using var refused = await Operator.PostAsJsonAsync("/api/v1/pipelines/load-t/pause", new { }, Stop);

        (await Problem.OfAsync(refused, HttpStatusCode.Conflict)).GetProperty("detail").GetString()
            .ShouldBe("Pipeline load-t cannot be paused: only `ingest load` loads its files, and a pause stops only silos.");
        (await Monitor.GetAsync("/pipelines/load-t")).GetProperty("status").GetString().ShouldBe("load");
    }

    [Fact]
    public async Task Pipeline_that_nothing_runs_is_removed_and_the_history_knows_who_and_why()
    {
        using var refused = await RemoveAsync("shop", "no");
        (await Problem.OfAsync(refused, HttpStatusCode.Conflict)).GetProperty("detail")
            .GetString()!.ShouldStartWith("Pipeline shop is running: node silo-1 coordinates it");
        await Ledger.ExecuteAsync("UPDATE ingest.node SET state = 'left' WHERE node = 'silo-1'");

        using var removed = await RemoveAsync("shop", "sold");

        var contents = JsonSerializer.Deserialize<JsonElement>(await removed.Content.ReadAsStringAsync(Stop));
        removed.StatusCode.ShouldBe(HttpStatusCode.OK, contents.ToString());
        contents.GetProperty("files").GetInt64().ShouldBe(Ledger.Loaded + 6);
        contents.GetProperty("openRejects").GetInt64().ShouldBe(2 * Ledger.Loaded);
        (await Monitor.GetAsync("/pipelines")).GetProperty("items").EnumerateArray()
            .Select(p => p.GetProperty("name").GetString()).ShouldBe(["empty"]);
        (await Monitor.GetAsync("/files")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await Monitor.GetAsync("/rejects?pipeline=shop&status=open")).GetProperty("total").GetInt64()
            .ShouldBe(2 * Ledger.Loaded);
        (await Monitor.GetAsync("/overview")).GetProperty("pipelines").GetArrayLength().ShouldBe(1);
        var entry = (await Monitor.GetAsync("/history?kind=operator.remove")).GetProperty("items")[0];
        entry.GetProperty("who").GetString().ShouldBe("operator (http, 127.0.0.1)");
        entry.GetProperty("detail").GetString()!.ShouldEndWith("(sold)");
        using var twice = await RemoveAsync("shop", null);
        await Problem.OfAsync(twice, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pipeline_is_not_removed_without_the_operators_token()
    {
        using var client = Monitor.Client("somebody-elses-token-0123");
        using var response = await client.DeleteAsync("/api/v1/pipelines/empty", Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Monitor.GetAsync("/pipelines")).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("quarantined", "retry", "ready")]
    [InlineData("quarantined", "skip", "ignored")]
    [InlineData("ready", "skip", "ignored")]
    [InlineData("ready", "quarantine", "quarantined")]
    [InlineData("loading", "quarantine", "quarantined")]
    [InlineData("loaded", "replay", "ready")]
    public async Task File_is_told_what_to_do(string status, string verb, string after)
    {
        var id = await Ledger.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE status = $1 ORDER BY 1 LIMIT 1", status);
        var offered = (await Monitor.GetAsync($"/files/{id}")).GetProperty("actions").EnumerateArray().Select(a => a.GetString());

        var row = await ActAsync($"/files/{id}/{verb}", new { reason = "test" });

        offered.ShouldContain(verb);
        row.GetProperty("status").GetString().ShouldBe(after);
        row.GetProperty("version").GetInt32().ShouldBe(verb == "replay" ? 2 : 1);
        (await Monitor.GetAsync("/history?limit=1")).GetProperty("items")[0].GetProperty("kind").GetString()
            .ShouldBe("operator." + verb);
    }

    [Fact]
    public async Task Loaded_file_whose_rows_are_known_is_replaced_and_undone_and_a_dry_run_counts_first()
    {
        var id = await Ledger.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE status = 'loaded' ORDER BY 1 LIMIT 1");
        await Ledger.ExecuteAsync(
            """
            UPDATE ingest.pipeline SET config = '{"name": "shop", "table": "sold"}' WHERE name = 'shop';
            CREATE TABLE sold (id int)
            """);
        using (var refused = await Operator.PostAsync($"/api/v1/files/{id}/replace", null, Stop))
            (await Problem.OfAsync(refused, HttpStatusCode.Conflict)).GetProperty("detail")
                .GetString()!.ShouldContain("do not store their file");
        await Ledger.ExecuteAsync(
            """
            ALTER TABLE sold ADD file_id bigint;
            UPDATE ingest.pipeline SET config = '{"name": "shop", "table": "sold", "metadata": {"file_id": "{fileId}"}}'
                WHERE name = 'shop'
            """);
        var rows = await Ledger.ScalarAsync<long>("SELECT rows_loaded FROM ingest.file WHERE file_id = " + id);
        await Ledger.ExecuteAsync($"INSERT INTO sold (file_id) SELECT {id} FROM generate_series(1, {rows})");

        var undo = await ActAsync($"/files/{id}/undo", new { dryRun = true });
        var trial = await ActAsync($"/files/{id}/replace", new { dryRun = true });
        var row = await Monitor.GetAsync($"/files/{id}");
        var replaced = await ActAsync($"/files/{id}/replace", new { reason = "test" });

        undo.GetProperty("rows").GetInt64().ShouldBe(rows);
        trial.GetProperty("rows").GetInt64().ShouldBe(rows);
        trial.GetProperty("message").GetString()!.ShouldStartWith("will be loaded again as version 2");
        row.GetProperty("status").GetString().ShouldBe("loaded");
        row.GetProperty("actions").EnumerateArray().Select(a => a.GetString()).ShouldBe(["replay", "replace", "undo"],
            ignoreOrder: true);
        (replaced.GetProperty("version").GetInt32(), replaced.GetProperty("status").GetString()).ShouldBe((2, "ready"));
        using var pause = await Operator.PostAsJsonAsync("/api/v1/pipelines/shop/pause", new { dryRun = true }, Stop);
        await Problem.OfAsync(pause, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_cannot_be_done_now_is_a_conflict_that_says_why()
    {
        var id = await Ledger.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE status = 'loaded' LIMIT 1");
        using var response = await Operator.PostAsync($"/api/v1/files/{id}/skip", null, Stop);

        (await Problem.OfAsync(response, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("is loaded");
    }

    [Theory]
    [InlineData("/files/99999999/retry")]
    [InlineData("/pipelines/nobody/pause")]
    public async Task What_is_not_there_cannot_be_told_anything(string path)
    {
        using var response = await Operator.PostAsync("/api/v1" + path, null, Stop);

        await Problem.OfAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Rejects_that_fit_now_go_into_the_table_and_the_others_stay_open()
    {
        await Ledger.ExecuteAsync(
            """
            CREATE TABLE public.counted (id bigint, total numeric);
            INSERT INTO ingest.pipeline (name, config)
                VALUES ('counted', '{"name": "counted", "table": "counted", "watch": ["/c"]}');
            """);
        await Ledger.AddFilesAsync("counted", "/c/{0}.csv", "loaded", 1);
        await Ledger.ExecuteAsync(
            """
            INSERT INTO ingest.reject_header (file_id, header, fields, delimiter) SELECT file_id, '["id", "total"]', 2, ','
                FROM ingest.file WHERE pipeline = 'counted';
            INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, column_name,
                detail, pipeline)
            SELECT raw, path, file_id, 1, 1, 1, 'bad_value', 'total', 'x', 'counted'
                FROM ingest.file, unnest(ARRAY['1,5', '2,5x', '3,7']) raw WHERE pipeline = 'counted'
            """);

        var shown = (await Monitor.GetAsync("/rejects?pipeline=counted&q=5x")).GetProperty("items")[0];
        var result = await ActAsync("/rejects/replay",
            new { filter = new { pipeline = "counted", reason = "bad_value" }, reason = "mended" });

        shown.GetProperty("field").GetProperty("start").GetInt32().ShouldBe(2); // by the header: the detail does not say
        result.GetProperty("replayed").GetInt64().ShouldBe(2);
        result.GetProperty("stillRejected").GetInt64().ShouldBe(1);
        (await Ledger.ScalarAsync<decimal>("SELECT sum(total) FROM public.counted")).ShouldBe(12);
        (await Monitor.GetAsync("/rejects?pipeline=counted&status=open")).GetProperty("total").GetInt64().ShouldBe(1);
        (await ActAsync("/rejects/replay", new { ids = new[] { shown.GetProperty("id").GetInt64() } })).GetProperty(
            "stillRejected").GetInt64().ShouldBe(1);

        // The record, edited: first as a trial, which needs the operator's token like the act.
        long[] ids = [shown.GetProperty("id").GetInt64()];
        var wrong = await ActAsync("/rejects/replay", new { ids, record = "2,five", dryRun = true });
        wrong.GetProperty("refusals")[0].GetProperty("column").GetString().ShouldBe("total");
        wrong.GetProperty("refusals")[0].GetProperty("detail").GetString()!.ShouldContain("\"five\"");
        (await ActAsync("/rejects/replay", new { ids, record = "2,5", dryRun = true })).GetProperty("replayed").GetInt64()
            .ShouldBe(1);
        (await Ledger.ScalarAsync<decimal>("SELECT sum(total) FROM public.counted")).ShouldBe(12);
        (await ActAsync("/rejects/replay", new { ids, record = "2,5" })).GetProperty("replayed").GetInt64().ShouldBe(1);
        (await Ledger.ScalarAsync<decimal>("SELECT sum(total) FROM public.counted")).ShouldBe(17);
        var kept = (await Monitor.GetAsync("/rejects?pipeline=counted&q=5x")).GetProperty("items")[0];
        kept.GetProperty("rawRecord").GetString().ShouldBe("2,5x");
        kept.GetProperty("editedRecord").GetString().ShouldBe("2,5");
        using var nobody = Monitor.Client("somebody-elses-token-0123");
        using var anybody = await nobody.PostAsJsonAsync("/api/v1/rejects/replay", new { ids, dryRun = true }, Stop);
        anybody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Rejects_are_ignored_and_reopened_after_a_count()
    {
        await Ledger.ExecuteAsync(
            """
            INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, detail,
                pipeline)
            SELECT 'r' || n, '/data/in/ignored.csv', 4711, n, n, 1, 'bad_value', 'x', 'ignored' FROM generate_series(1, 3) n
            """);
        var filter = new { pipeline = "ignored", status = "open" };

        var trial = await ActAsync("/rejects/ignore", new { filter, dryRun = true });
        var done = await ActAsync("/rejects/ignore",
            new { filter, upTo = trial.GetProperty("upTo").GetInt64(), reason = "a test file" });

        trial.ToString().ShouldBe(done.ToString());
        (done.GetProperty("rejects").GetInt64(), done.GetProperty("files").GetInt64()).ShouldBe((3, 1));
        (await OpenAsync()).ShouldBe(0);
        var shown = (await Monitor.GetAsync("/rejects?pipeline=ignored&q=r2")).GetProperty("items")[0];
        (shown.GetProperty("status").GetString(), shown.GetProperty("canBeReopened").GetBoolean()).ShouldBe(("ignored", true));
        var entry = (await Monitor.GetAsync("/history?kind=operator.ignore-rejects")).GetProperty("items")[0];
        entry.GetProperty("detail").GetString().ShouldBe("3 rejects ignored (a test file)");
        entry.GetProperty("who").GetString()!.ShouldStartWith("operator (http");

        long[] ids = [shown.GetProperty("id").GetInt64()];
        (await ActAsync("/rejects/reopen", new { ids })).GetProperty("rejects").GetInt64().ShouldBe(1);
        (await OpenAsync()).ShouldBe(1);
        using var nobody = Monitor.Client("somebody-elses-token-0123");
        using var anybody = await nobody.PostAsJsonAsync("/api/v1/rejects/ignore", new { ids, dryRun = true }, Stop);
        anybody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        async Task<long> OpenAsync() =>
            (await Monitor.GetAsync("/rejects?pipeline=ignored&status=open")).GetProperty("total").GetInt64();
    }

    [Theory]
    [InlineData("""{}""", "ids")]
    [InlineData("""{"ids":[]}""", "ids")]
    [InlineData("""{"ids":[1],"filter":{}}""", "ids")]
    [InlineData("""{"filter":{"pipline":"shop"}}""", "pipline")]
    [InlineData("""{"filter":{"fileId":"x"}}""", "fileId")]
    [InlineData("""{"filter":{"issue":"x"}}""", "issue")]
    [InlineData("""{"filter":{},"record":"1,2"}""", "record")]
    [InlineData("""{"ids":[1,2],"record":"1,2"}""", "record")]
    public async Task Replay_of_nobody_knows_what_is_refused(string body, string parameter)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Operator.PostAsync("/api/v1/rejects/replay", content, Stop);

        (await Problem.OfAsync(response, HttpStatusCode.BadRequest)).ErrorsOf(parameter).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Reason_that_is_too_long_is_refused()
    {
        using var response = await Operator.PostAsJsonAsync("/api/v1/pipelines/shop/pause",
            new { reason = new string('x', 1001) }, Stop);

        (await Problem.OfAsync(response, HttpStatusCode.BadRequest)).ErrorsOf("reason").ShouldNotBeEmpty();
    }

    async Task<HttpResponseMessage> RemoveAsync(string pipeline, string? reason)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/pipelines/{pipeline}");
        if (reason is not null) request.Content = JsonContent.Create(new { reason });
        return await Operator.SendAsync(request, Stop);
    }

    async Task<JsonElement> ActAsync(string path, object? words)
    {
        using var response = await Operator.PostAsJsonAsync("/api/v1" + path, words ?? new { }, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
