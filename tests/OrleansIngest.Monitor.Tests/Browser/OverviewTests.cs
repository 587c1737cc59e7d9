using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The overview: what needs attention, a row for each pipeline, charts; each a link to the list that shows it.</summary>
public sealed class OverviewTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Overview_NamesEveryThingThatNeedsAttentionAndLeadsToIt()
    {
        await using var site = await TroubledAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.OpenAsync("/");
        var needs = page.Locator(".need");
        foreach (var (text, address) in new[]
        {
            ("1 file of orders quarantined", "/files?status=quarantined&pipeline=orders"),
            ("1 file of orders with every record rejected", "/files?status=all-rejected&pipeline=orders"),
            ("1 other open reject of orders", "/rejects?pipeline=orders"), ("stock is paused", "/pipelines/stock"),
            ("2 files of payments are waiting, and no silo runs the pipeline",
                "/files?status=ready&sort=discoveredAt&dir=asc&pipeline=payments"), ("Node silent-1", "/nodes"),
        })
        {
            await Expect(needs.Locator("a", new() { HasText = text })).ToHaveAttributeAsync("href", address);
        }

        await Expect(needs.Filter(new() { HasText = "stock is paused" })).ToContainTextAsync("Paused by ann: <b>counting</b>");
        await needs.Locator("a", new() { HasText = "with every record rejected" }).ClickAsync();
        await Expect(page.Locator(".files-table .file-name a")).ToHaveTextAsync(["all-bad.csv"]);
    }

    [Fact]
    public async Task Overview_HasARowForEachPipelineWithItsDayAndLinks()
    {
        await using var site = await TroubledAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.OpenAsync("/");
        var row = page.Locator("[data-pipeline=orders]");
        await Expect(row.Locator("[data-column=day] .strip")).ToHaveAttributeAsync("aria-label",
            "Last 24 hours: 11 records loaded, 3 rejected");
        await Expect(row.Locator("[data-column=day] .strip-bad").First).ToBeAttachedAsync();
        await Expect(row.Locator("[data-column=rejects] a")).ToHaveAttributeAsync("href", "/rejects?pipeline=orders");
        await Expect(row.Locator("[data-column=rejects] .cell-value")).ToHaveTextAsync("3");
        await Expect(row.Locator("[data-column=p99] .cell-value")).Not.ToHaveTextAsync("–");
        var still = page.Locator("[data-pipeline=payments]");
        await Expect(still.Locator("[data-column=day] .strip-good")).ToHaveCountAsync(0); // no records, no bars
        await Expect(still.Locator("[data-column=backlog]")).ToContainTextAsync("2 files");
        await Expect(page.Locator("[data-pipeline=stock] .badge")).ToHaveTextAsync("paused");
        await Expect(page.Locator(".chart h3 a")).ToHaveTextAsync(["Rows per second", "Latency", "Backlog", "Rejected rows"]);
        await page.Locator(".chart h3 a", new() { HasText = "Rejected rows" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Rejects");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440, "overview-1440-light")]
    [InlineData(ColorScheme.Dark, 1440, "overview-1440-dark")]
    [InlineData(ColorScheme.Light, 1024, "overview-1024-light")]
    [InlineData(ColorScheme.Light, 390, "overview-390-light")]
    [InlineData(ColorScheme.Dark, 390, "overview-390-dark")]
    public async Task Overview_FitsItsScreen(ColorScheme colors, int width, string screenshot)
    {
        await using var site = await TroubledAsync();
        await using var visit = await VisitAsync(site, colors, width, 900);
        await visit.OpenAsync("/");
        await Expect(visit.Page.Locator("[data-pipeline=orders] .strip-good").First).ToBeAttachedAsync();
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
        (await visit.Page.EvaluateAsync<double>(
            "Math.min(...[...document.querySelectorAll('.need-text')].map((e) => e.clientWidth))")).ShouldBeGreaterThan(180);
        (await visit.Page.EvaluateAsync<int>(
            "(([box]) => box.scrollWidth - "
                + "box.clientWidth)(document.querySelectorAll('.pipelines-table'))")).ShouldBeLessThanOrEqualTo(0,
                    "no column is cut off");
        var tops = await visit.Page.EvaluateAsync<int[]>(
            "[...new Set([...document.querySelectorAll('.chart')].map((e) => Math.round(e.getBoundingClientRect().left)))]");
        tops.Length.ShouldBe(width < 768 ? 1 : 2, "charts stand in two columns, on a phone in one");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync(screenshot);
    }

    /// <summary>A site where everything is wrong that the list knows.</summary>
    async Task<Site> TroubledAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var site = await Site.StartAsync(database, database.ConnectionString);
        site.AddFile("good.csv", 10);
        site.AddRecords("all-bad.csv", "1,Ann,abc,x", "2,Bob,def,y");
        site.AddRecords("some.csv", "1,Ann,1.00,x", "2,Bob,def,y");
        site.Put("strange.csv", "first,second\n1,2\n");
        await site.WaitForFilesAsync(4);
        await site.ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config, paused, paused_by, paused_reason, paused_at) VALUES
                ('stock', '{"name": "stock", "table": "stock", "watch": ["s"]}', true, 'ann', '<b>counting</b>', now()),
                ('payments', '{"name": "payments", "table": "payments", "watch": ["p"]}', false, NULL, NULL, NULL);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT 'payments', '/p/' || n, 10, 0, 0, n, 'ready' FROM generate_series(1, 2) n;
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                heartbeat_at)
            VALUES ('silent-1', 'silo', 'h', 1, '0.1.0', 8, 1000, 2, 128, 'draining', 7, now() - interval '23 h');
            """);
        return site;
    }
}
