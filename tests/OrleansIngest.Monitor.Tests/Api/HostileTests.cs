using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>File names and records are somebody else's: they come back as they are, and do nothing.</summary>
public sealed class HostileTests
{
    static readonly string[] Texts =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u202Egnp.exe", "line\nbreak\r\nand\ttab",
        "quote's \"double\" `tick`", "back\\slash%_",
        "'; DROP TABLE ingest.file; --", "${7*7} {{7*7}}", "\uFEFF\u200B\u2028\u2029", "日本語 ñ 🦆 e\u0301",
        "=HYPERLINK(\"http://evil\")", "data: x\n\nevent: overview",
        "../../etc/passwd", "%00%0d%0aSet-Cookie:x=1", "]]>&amp;<!--",
    ];

    public static TheoryData<string> Names() => [.. Texts];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Name_record_and_reason_come_back_as_they_are(string text)
    {
        await using var ledger = await Ledger.CreateAsync();
        await ledger.ExecuteAsync(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, reason, error, finished_at)
            VALUES ('empty', '/data/none/' || $1, 1, 1, 1, 1, 'quarantined', $1, $1, now())
            """, text);
        var id = await ledger.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE pipeline = 'empty'");
        await ledger.ExecuteAsync(
            """
            INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, column_name,
                detail, pipeline)
            VALUES ($1, '/data/none/' || $1, $2, 1, 1, 1, $1, $1, $1, 'empty')
            """, text, id);
        await ledger.ExecuteAsync(
            "INSERT INTO ingest.history (kind, pipeline, file_id, who, detail) VALUES ('operator.skip', 'empty', $2, $1, $1)",
            text, id);
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        var q = Uri.EscapeDataString(text);

        var file = (await monitor.GetAsync($"/files?pipeline=empty&q={q}")).GetProperty("items").EnumerateArray().Single();
        file.GetProperty("path").GetString().ShouldBe("/data/none/" + text);
        file.GetProperty("reason").GetString().ShouldBe(text);
        (await monitor.GetAsync($"/files/{id}")).GetProperty("events")[0].GetProperty("who").GetString().ShouldBe(text);
        var reject = (await monitor.GetAsync($"/rejects?pipeline=empty&q={q}&reason={q}")).GetProperty("items")
            .EnumerateArray().Single();
        reject.GetProperty("rawRecord").GetString().ShouldBe(text);
        (await monitor.GetAsync($"/history?kind=operator&q={q}")).GetProperty("items").EnumerateArray().Single()
            .GetProperty("detail").GetString().ShouldBe(text);
        var exported = await monitor.Http.GetStringAsync("/api/v1/rejects/export?format=jsonl&pipeline=empty",
            TestContext.Current.CancellationToken);
        JsonSerializer.Deserialize<JsonElement>(exported.TrimEnd('\n')).GetProperty("rawRecord").GetString().ShouldBe(text);
        var csv = await monitor.Http.GetStringAsync("/api/v1/rejects/export?pipeline=empty",
            TestContext.Current.CancellationToken);
        csv.ShouldEndWith($",\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\r\n");
    }

    [Fact]
    public async Task Injected_SQL_in_any_parameter_is_only_a_text()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        var files = await ledger.ScalarAsync<long>("SELECT count(*) FROM ingest.file");
        string[] tries = ["'; DROP TABLE ingest.file; --", "' OR '1'='1", "1); DELETE FROM ingest.file; --",
            "\\'; SELECT pg_sleep(100); --", "$1", "shop' UNION SELECT 1 --"];
        string[] routes =
        [
            "/files?pipeline=", "/files?q=", "/files?node=", "/files?status=", "/files?sort=", "/files?dir=", "/files?after=",
            "/files?limit=", "/rejects?pipeline=", "/rejects?q=",
            "/rejects?reason=", "/rejects?fileId=", "/rejects?status=", "/rejects?from=", "/rejects/summary?q=",
            "/rejects/export?reason=", "/history?q=", "/history?kind=",
            "/history?pipeline=", "/series?pipeline=", "/series?from=", "/pipelines/", "/alerts?state=",
        ];

        foreach (var route in routes)
        {
            foreach (var text in tries)
            {
                using var response = await monitor.Http.GetAsync("/api/v1" + route + Uri.EscapeDataString(text),
                    TestContext.Current.CancellationToken);
                ((int)response.StatusCode).ShouldBeOneOf([200, 400, 404], $"{route}{text}");
                if ((int)response.StatusCode == 200 && route.Contains('=', StringComparison.Ordinal)
                    && !route.StartsWith("/series", StringComparison.Ordinal))
                    (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain(
                        "orders-001", customMessage: route + text);
            }
        }

        (await ledger.ScalarAsync<long>("SELECT count(*) FROM ingest.file")).ShouldBe(files);
    }

    [Fact]
    public async Task Huge_record_is_cut_where_it_is_shown_and_whole_in_an_export()
    {
        await using var ledger = await Ledger.CreateAsync();
        var huge = "1," + new string('€', 1 << 20) + ",end";
        await ledger.ExecuteAsync(
            """
            INSERT INTO public.corrupt_records (raw_record, raw_bytes, file, file_id, line, record_number, byte_offset, reason,
                detail, pipeline)
            VALUES ($1, $2, '/f', 1, 1, 1, 1, 'bad_value', 'x', 'empty')
            """, huge, new byte[1 << 20]);
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);

        var reject = (await monitor.GetAsync("/rejects?pipeline=empty")).GetProperty("items").EnumerateArray().Single();
        var exported = await monitor.Http.GetStringAsync("/api/v1/rejects/export?format=jsonl&pipeline=empty",
            TestContext.Current.CancellationToken);

        reject.GetProperty("truncated").GetBoolean().ShouldBeTrue();
        reject.GetProperty("rawRecord").GetString()!.Length.ShouldBe(64 << 10);
        Convert.FromBase64String(reject.GetProperty("rawBytesBase64").GetString()!).Length.ShouldBe(64 << 10);
        JsonSerializer.Deserialize<JsonElement>(exported).GetProperty("rawRecord").GetString()!.Length.ShouldBe(huge.Length);
    }
}
