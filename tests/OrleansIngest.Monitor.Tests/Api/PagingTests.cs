namespace OrleansIngest.Monitor.Tests.Api;

public sealed class PagingTests
{
    [Theory]
    [InlineData("discoveredAt", "desc")]
    [InlineData("path", "asc")]
    [InlineData("finishedAt", "desc")]
    public async Task Files_that_come_meanwhile_neither_hide_nor_repeat_those_that_were_there(string sort, string dir)
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        var before = new HashSet<long>();
        foreach (var file in (await monitor.GetAsync("/files?limit=1000")).GetProperty("items").EnumerateArray())
            before.Add(file.GetProperty("id").GetInt64());

        var seen = new List<long>();
        var after = "";
        var round = 0;
        do
        {
            var page = await monitor.GetAsync($"/files?sort={sort}&dir={dir}&limit=10{after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(f => f.GetProperty("id").GetInt64()));
            after = page.GetProperty("next").GetString() is { } next ? $"&after={next}" : "";
            if (round++ < 3) await ledger.AddFilesAsync("shop", $"/data/in/a-new-{round}-{{0}}.csv", "loaded", 4);
        }
        while (after.Length > 0);

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Intersect(before).Count().ShouldBe(before.Count);
    }

    [Fact]
    public async Task Beyond_ten_thousand_matches_of_a_search_the_total_is_a_lower_bound()
    {
        await using var ledger = await Ledger.CreateAsync();
        await ledger.AddFilesAsync("empty", "/data/none/many-{0}.csv", "ready", 999);
        await ledger.ExecuteAsync(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                SELECT 'empty', '/data/none/more-' || n, 1, n, 1, n, 'ready' FROM generate_series(1, 9100) n
            """);
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);

        var all = await monitor.GetAsync("/files?pipeline=empty&limit=1");
        var found = await monitor.GetAsync("/files?pipeline=empty&q=none&limit=1");
        var some = await monitor.GetAsync("/files?pipeline=empty&q=more&limit=1");

        all.GetProperty("total").GetInt64().ShouldBe(10_099, "files by state are counted by the ledger as they change");
        found.GetProperty("total").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        found.GetProperty("totalAtLeast").GetInt64().ShouldBe(10_000);
        some.GetProperty("total").GetInt64().ShouldBe(9100);
        some.GetProperty("totalAtLeast").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }
}
