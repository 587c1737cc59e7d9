using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The browser's Back button undoes one choice at a time; typing is not a choice.</summary>
public sealed class BackTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Back_UndoesPagesTabsAndFiltersOfAListOneAfterTheOther()
    {
        await Site.ExecuteAsync("""
            INSERT INTO ingest.pipeline (name, config) VALUES ('back', '{}') ON CONFLICT DO NOTHING;
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, finished_at)
            SELECT 'back', '/back/' || lpad(n::text, 4, '0') || '.csv', n, 0, 0, n, 'ignored', now()
                FROM generate_series(1, 170) n
            """);
        try
        {
            await using var visit = await VisitAsync();
            var page = visit.Page;
            var text = page.Locator(".pager-text");
            await visit.OpenAsync("/nodes");
            await visit.OpenAsync("/files");
            await page.GetByLabel("Pipeline").SelectOptionAsync("back");
            await page.Locator(".tab", new() { HasText = "Ignored" }).ClickAsync();
            await Expect(text).ToHaveTextAsync("1 to 50 of 170 files");
            await NextAsync("51 to 100");
            await NextAsync("101 to 150");
            await page.GetByLabel("Search").FillAsync("/0001");
            await Expect(page).ToHaveURLAsync(new Regex("q=%2F0001"));
            await Expect(page.Locator(".files-table tbody .file-name a")).ToHaveTextAsync(["0001.csv"]);

            // the search took the place of the third page
            await page.GoBackAsync();
            await Expect(text).ToHaveTextAsync("51 to 100 of 170 files");
            await Expect(page.GetByLabel("Search")).ToHaveValueAsync("");
            await NextAsync("101 to 150");
            await page.GoBackAsync();
            await Expect(text).ToHaveTextAsync("51 to 100 of 170 files");
            await page.GoForwardAsync();
            await Expect(text).ToHaveTextAsync("101 to 150 of 170 files");
            // the pages before it are known, as before
            await page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
            await Expect(text).ToHaveTextAsync("51 to 100 of 170 files");
            await page.GoBackAsync();
            await page.GoBackAsync();
            await page.GoBackAsync();
            await Expect(text).ToHaveTextAsync("1 to 50 of 170 files");
            await Expect(page.Locator(".tab[aria-current]")).ToContainTextAsync("Ignored");
            await page.GoBackAsync();
            await Expect(page.Locator(".tab[aria-current]")).ToContainTextAsync("All");
            await Expect(page.GetByLabel("Pipeline")).ToHaveValueAsync("back");
            await page.GoBackAsync();
            await Expect(page.GetByLabel("Pipeline")).ToHaveValueAsync("");
            await Expect(page).ToHaveURLAsync(new Regex("/files$"));
            await page.GoBackAsync();
            await Expect(page.Locator("h1")).ToHaveTextAsync("Nodes");

            async Task NextAsync(string shown)
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
                await Expect(text).ToHaveTextAsync($"{shown} of 170 files");
            }
        }
        finally
        {
            await Site.ExecuteAsync(
                "DELETE FROM ingest.file WHERE pipeline = 'back'; DELETE FROM ingest.pipeline WHERE name = 'back'");
        }
    }

    [Fact]
    public async Task Back_LeadsToThePlaceInThePageThatWasLeft()
    {
        await using var visit = await VisitAsync(height: 400);
        var page = visit.Page;
        await visit.OpenAsync("/files?sort=path&dir=asc");
        var file = page.Locator(".files-table .file-name a", new() { HasText = "orders-003.csv" });
        await file.ScrollIntoViewIfNeededAsync();
        var left = await page.EvaluateAsync<double>("scrollY");
        left.ShouldBeGreaterThan(50);
        await file.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("orders-003.csv");
        (await page.EvaluateAsync<double>("scrollY")).ShouldBe(0);
        await page.GoBackAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Files");
        await page.WaitForFunctionAsync("left => Math.abs(scrollY - left) < 2", left);
    }

    [Fact]
    public async Task Back_UndoesARangeAndItsPart()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/pipelines/orders");
        var chosen = page.Locator(".choice:has(:checked)");
        await page.Locator(".choice", new() { HasText = "6 h" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("range=21600"));
        var plot = page.Locator(".chart-plot").First;
        await Expect(plot).ToHaveAttributeAsync("aria-label", new Regex(": "));
        await plot.FocusAsync();
        await page.Keyboard.PressAsync("End");
        foreach (var _ in Enumerable.Range(0, 10)) await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#zoom-back")).ToBeVisibleAsync();

        await page.GoBackAsync();
        await Expect(page.Locator("#zoom-back")).ToBeHiddenAsync();
        await Expect(chosen).ToHaveTextAsync("6 h");
        await page.GoForwardAsync();
        await page.Locator("#zoom-back").ClickAsync();
        await Expect(chosen).ToHaveTextAsync("6 h"); // the range of which the part was selected
        await page.GoBackAsync();
        await page.GoBackAsync();
        await page.GoBackAsync();
        await Expect(chosen).ToHaveTextAsync("5 min");
        await Expect(page).ToHaveURLAsync(new Regex("/pipelines/orders$"));
    }

    [Fact]
    public async Task Back_UndoesTheViewAndTheStateOfRejects()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/rejects");
        await page.Locator(".choice", new() { HasText = "Records" }).ClickAsync();
        await Expect(page.Locator(".reject").First).ToBeVisibleAsync();
        await page.GetByLabel("State").SelectOptionAsync("any");
        await Expect(page).ToHaveURLAsync(new Regex("status=any"));

        await page.GoBackAsync();
        await Expect(page.GetByLabel("State")).ToHaveValueAsync("open");
        await Expect(page.Locator(".choice:has(:checked)")).ToHaveTextAsync("Records");
        await page.GoBackAsync();
        await Expect(page.Locator(".choice:has(:checked)")).ToHaveTextAsync("Issues");
        await Expect(page.Locator(".issue").First).ToBeVisibleAsync();
    }
}
