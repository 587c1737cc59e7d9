using System.Net;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class RejectTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    MonitorProcess Monitor => fixture.Monitor;

    [Theory]
    [InlineData("", 2 * Ledger.Loaded)]
    [InlineData("?reason=bad_value", Ledger.Loaded)]
    [InlineData("?pipeline=empty", 0)]
    [InlineData("?status=replayed", 0)]
    [InlineData("?status=open", 2 * Ledger.Loaded)]
    [InlineData("?q=ORDERS-001", 2)]
    [InlineData("?q=type%20numeric", 2 * Ledger.Loaded)]
    [InlineData("?from=2026-01-01T00:00:00Z", 2 * Ledger.Loaded)]
    [InlineData("?to=2026-01-01T00:00:00Z", 0)]
    public async Task Filter_finds_what_it_says(string query, int count)
    {
        (await Monitor.GetAsync("/rejects" + query)).GetProperty("total").GetInt64().ShouldBe(count);
        (await Monitor.GetAsync("/rejects/summary" + query)).GetProperty("total").GetInt64().ShouldBe(count);
    }

    [Fact]
    public async Task Pages_hold_every_reject_once_newest_first()
    {
        var seen = new List<long>();
        var after = "";
        do
        {
            var page = await Monitor.GetAsync($"/rejects?limit=9{after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
            after = page.GetProperty("next").GetString() is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        seen.Count.ShouldBe(2 * Ledger.Loaded);
        seen.ShouldBe(seen.Distinct().OrderDescending());
    }

    [Fact]
    public async Task Summary_counts_by_reason_and_names_the_worst_files()
    {
        var summary = await Monitor.GetAsync("/rejects/summary?pipeline=shop");

        summary.GetProperty("byReason").EnumerateArray().Select(r => r.GetProperty("count").GetInt64())
            .ShouldBe([Ledger.Loaded, Ledger.Loaded]);
        summary.GetProperty("byFile").GetArrayLength().ShouldBe(20);
        summary.GetProperty("byFile")[0].GetProperty("count").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Bad_field_is_marked_in_the_record()
    {
        var reject = (await Monitor.GetAsync("/rejects?reason=bad_value&limit=1")).GetProperty("items")[0];

        var raw = reject.GetProperty("rawRecord").GetString()!;
        var field = reject.GetProperty("field");
        raw.Substring(field.GetProperty("start").GetInt32(), field.GetProperty("length").GetInt32()).ShouldBe("abc");
    }

    [Fact]
    public async Task Export_as_jsonl_has_every_match_on_a_line_of_its_own()
    {
        var (type, text) = await ExportAsync("?format=jsonl&reason=bad_value");

        type.ShouldBe("application/jsonl");
        var lines = text.TrimEnd('\n').Split('\n').Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToArray();
        lines.Length.ShouldBe(Ledger.Loaded);
        lines[0].GetProperty("reason").GetString().ShouldBe("bad_value");
        lines[0].GetProperty("line").GetInt64().ShouldBe(5);
    }

    [Fact]
    public async Task Export_as_csv_is_a_download_with_a_header()
    {
        var (type, text) = await ExportAsync("?pipeline=shop");

        type.ShouldBe("text/csv");
        var lines = text.TrimEnd().Split("\r\n");
        lines[0].ShouldStartWith("id,pipeline,file_id,file,line,");
        lines.Length.ShouldBe(1 + 2 * Ledger.Loaded);
    }

    [Fact]
    public async Task Export_of_nothing_is_a_header_alone()
    {
        var (_, text) = await ExportAsync("?pipeline=empty");

        text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Issues_are_a_line_for_each_fault_and_lead_to_their_records()
    {
        var answer = await Monitor.GetAsync("/rejects/issues");

        (answer.GetProperty("issues").GetInt64(), answer.GetProperty("rejects").GetInt64()).ShouldBe((2, 2 * Ledger.Loaded));
        var issue = answer.GetProperty("items").EnumerateArray().Single(i => i.GetProperty("reason").GetString() == "bad_value");
        issue.GetProperty("table").GetString().ShouldBe("public.orders");
        issue.GetProperty("column").GetString().ShouldBe("total");
        issue.GetProperty("shape").GetString().ShouldBe("invalid input syntax for type numeric: \"...\"");
        issue.GetProperty("rejects").GetInt64().ShouldBe(Ledger.Loaded);
        issue.GetProperty("files").GetInt64().ShouldBe(Ledger.Loaded);
        issue.GetProperty("firstAt").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(
            issue.GetProperty("lastAt").GetDateTimeOffset());
        var records = await Monitor.GetAsync(
            $"/rejects?issue={issue.GetProperty("id").GetString()}&table=public.orders&pipeline=shop&limit=1");
        records.GetProperty("total").GetInt64().ShouldBe(Ledger.Loaded);
        records.GetProperty("items")[0].GetProperty("issue").GetString().ShouldBe(issue.GetProperty("id").GetString());
        (await Monitor.GetAsync("/rejects/issues?limit=1")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await Monitor.GetAsync("/rejects/issues?status=replayed")).GetProperty("rejects").GetInt64().ShouldBe(0);
        (await Monitor.GetAsync("/rejects/issues?status=any&reason=field_count")).GetProperty("issues").GetInt64().ShouldBe(1);
        (await Monitor.ProblemAsync("/rejects/issues?issue=12", HttpStatusCode.BadRequest)).ErrorsOf("issue").Single()
            .ShouldContain("16 hexadecimal digits");
    }

    async Task<(string? Type, string Text)> ExportAsync(string query)
    {
        using var response = await Monitor.Http.GetAsync("/api/v1/rejects/export" + query, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        return (response.Content.Headers.ContentType!.MediaType,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
