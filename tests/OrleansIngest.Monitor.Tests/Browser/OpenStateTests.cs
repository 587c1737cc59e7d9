using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>What the pages say of a program that has a past: what is open, and when nothing was done.</summary>
public sealed class OpenStateTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Overview_ShowsTheWorstThatIsOpenUntilItIsClosed()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        site.AddFile("good.csv", 10);
        await site.WaitForFilesAsync(1);
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.OpenAsync("/");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Up to date");
        await Expect(page.Locator(".attention:visible")).ToHaveCountAsync(0);

        site.AddRecords("all-bad.csv", "1,Ann,abc,x", "2,Bob,def,y");
        site.AddRecords("some.csv", "1,Ann,1.00,x", "2,Bob,def,y");
        site.Put("strange.csv", "first,second\n1,2\n");
        var title = page.Locator("h1[data-tone=bad]");
        await Expect(title).ToHaveTextAsync("1 file quarantined · 1 file with every record rejected · 1 other open reject");
        (await ColorAsync(title.Locator("a").First)).ShouldBe(await ColorAsync(page.Locator(".badge[data-tone=bad]").First));
        await Expect(Badge("all-bad.csv")).ToHaveTextAsync("every record rejected");
        await Expect(Badge("some.csv")).ToHaveTextAsync("loaded with rejects");
        await Expect(Badge("good.csv")).ToHaveTextAsync("loaded");
        await Expect(page.Locator("[data-pipeline=orders] .dot")).ToHaveAttributeAsync("data-tone", "bad");
        await Expect(page.Locator("[data-pipeline=orders] [data-column=rejects]")).ToContainTextAsync("3");
        await Expect(page.Locator("#nav .dot")).ToHaveAttributeAsync("data-tone", "bad");
        await Expect(page.Locator(".need a")).ToHaveTextAsync(
            ["1 file of orders quarantined", "1 file of orders with every record rejected", "1 other open reject of orders"]);
        await Expect(page.Locator("[data-pipeline=orders] .badge")).ToHaveTextAsync("needs attention");
        await Expect(page.Locator(".need").First).ToContainTextAsync("latest: strange.csv");
        await Expect(page.Locator(".need").Nth(1)).ToContainTextAsync("2 of 2 records of all-bad.csv");
        await Expect(page.Locator(".notice")).ToHaveCountAsync(0); // the list says it
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("open-light");

        await site.ExecuteAsync("UPDATE corrupt_records SET status = 'ignored'");
        await Expect(title).ToHaveTextAsync("1 file quarantined");
        await Expect(Badge("all-bad.csv")).ToHaveTextAsync("loaded");
        await site.ExecuteAsync("UPDATE ingest.file SET status = 'ignored' WHERE status = 'quarantined'");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Up to date");
        await Expect(page.Locator("h1")).Not.ToHaveAttributeAsync("data-tone", "bad");
        await Expect(page.Locator(".need", new() { HasText = "open rejects" })).ToHaveCountAsync(0);

        ILocator Badge(string file) => page.Locator(".file-item", new() { HasText = file }).Locator(".badge");
    }

    [Fact]
    public async Task Overview_WithOpenWork_FitsItsThemeAndItsScreen()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        site.AddRecords("all-bad.csv", "1,Ann,abc,x", "2,Bob,def,y");
        site.Put("strange.csv", "first,second\n1,2\n");
        await site.WaitForFilesAsync(2);
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var width in new[] { 1440, 1024, 390 })
            {
                await using var visit = await VisitAsync(site, colors, width);
                await visit.OpenAsync("/");

                await Expect(visit.Page.Locator("h1[data-tone=bad]")).ToContainTextAsync("every record rejected");
                await Expect(visit.Page.Locator(".need")).ToHaveCountAsync(2);
                (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"))
                    .ShouldBeLessThanOrEqualTo(0, $"{colors}, {width}");
                await visit.ShouldBeAccessibleAsync();
                await visit.SaveScreenshotAsync($"open-{width}-{colors.ToString().ToLowerInvariant()}");
            }
        }
    }

    [Fact]
    public async Task Files_AreFoundByTheirStateAndLeadToTheirOpenRejects()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/files");
        await page.Locator(".tab", new() { HasText = "With rejects" }).ClickAsync();
        // Other tests may have added such files.
        await Expect(page.Locator(".files-table tbody tr:not(:has(.warn-link))")).ToHaveCountAsync(0);
        var row = page.Locator(".files-table tbody tr", new() { HasText = SiteFiles.Rejected });
        await Expect(row.Locator(".file-name a")).ToHaveTextAsync([SiteFiles.Rejected]);
        await Expect(row.Locator(".badge")).ToHaveAttributeAsync("data-tone", "warn");
        await row.Locator(".warn-link").ClickAsync();
        await Expect(page.Locator(".reject")).ToHaveCountAsync(5);
        page.Url.ShouldContain("status=open");
        await visit.OpenAsync(
            $"/files/{await Site.NumberAsync($"SELECT file_id FROM ingest.file WHERE path LIKE '%{SiteFiles.Rejected}'")}");
        await Expect(page.Locator(".state-line .badge")).ToHaveTextAsync("loaded with rejects");
        await Expect(page.Locator(".fact", new() { HasText = "Open rejects" }).Locator("dd")).ToHaveTextAsync("5");
    }

    [Theory]
    [InlineData("Process rate")]
    [InlineData("Batch duration")]
    [InlineData("Operation duration")]
    public async Task Charts_OverHoursWithoutWork_DrawNothingThere(string chart)
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        // Twenty minutes of work four hours ago, and again until half an hour ago.
        await site.ExecuteAsync(
            """
            INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded,
                rows_rejected, rows_skipped, bytes, files_finished,
                read_us, wait_us, copy_us, commit_us)
            SELECT 60, ingest.bucket(now() - interval '1 min' * n, 60), 'orders', '', 0, 60, 60, 6000, 6000, 0, 0, 60000, 60,
                600000, 300000, 900000, 200000
            FROM (SELECT generate_series(30, 50) UNION ALL SELECT generate_series(240, 260)) m (n)
            """);
        await using var visit = await VisitAsync(site);
        await visit.Page.AddInitScriptAsync(
            """
            window.plots = [];
            let drawn;
            Object.defineProperty(window, "uPlot", {
              get: () => drawn,
              set: (real) => {
                drawn = class extends real { constructor(...given) { super(...given); window.plots.push(this); } };
              },
            });
            """);
        await visit.OpenAsync("/pipelines/orders?range=21600");

        // Share of the plot's height that is painted, in the middle of either spell of work and between them;
        // the grid's lines are a little of it.
        var painted = await visit.Page.EvaluateAsync<double[]>(
            """
            async (title) => {
              const plot = () => window.plots.find((one) =>
                one.root.closest(".chart").querySelector("h3").textContent === title && one.data[0].length);
              const isDrawn = () => plot()?.data.slice(1).some((list) => list.some((value) => value != null));
              while (!isDrawn()) await new Promise(requestAnimationFrame);
              await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              const one = plot();
              const { ctx, bbox } = one;
              const { data, width, height } = ctx.getImageData(0, bbox.top, ctx.canvas.width, bbox.height);
              return [250, 145, 40].map((minutes) => {
                const x = Math.round(one.valToPos(Date.now() / 1000 - minutes * 60, "x", true));
                let count = 0;
                for (let y = 0; y < height; y++) count += data[(y * width + x) * 4 + 3] > 0;
                return count / height;
              });
            }
            """, chart);
        painted[0].ShouldBeGreaterThan(0.5);
        painted[2].ShouldBeGreaterThan(0.5);
        painted[1].ShouldBeLessThan(0.1);
        await visit.SaveScreenshotAsync($"gaps-{chart.Split(' ')[0].ToLowerInvariant()}");
    }

    static Task<string> ColorAsync(ILocator element) => element.EvaluateAsync<string>("(one) => getComputedStyle(one).color");
}
