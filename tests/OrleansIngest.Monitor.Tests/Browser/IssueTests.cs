using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Rejects as issues: thousands of records are a few lines, which are looked into, edited and replayed.</summary>
public sealed class IssueTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Rejects_AreALineForEachFaultAndTheirCountsFallWhenTheyAreReplayed()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.OpenAsync("/rejects");
        await Expect(page.Locator(".issue-card h2")).ToHaveTextAsync("304 rejects in 3 issues");
        await Expect(page.Locator(".issue-shape")).ToHaveTextAsync(
            ["invalid input syntax for type numeric: \"…\"", "expected N fields, found N",
                "new row for relation \"orders\" violates check constraint \"total_is_known\" (Failing row contains (…)"]);
        var first = page.Locator(".issue").First;
        await Expect(first.Locator(".issue-sum")).ToContainTextAsync("300 rejects");
        await Expect(first.Locator(".issue-facts")).ToHaveTextAsync("total of orders · bad_value · 2 files");

        // By the keyboard alone: the line opens on its records, and the address keeps it.
        await first.Locator(".issue-button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(first.Locator(".reject")).ToHaveCountAsync(5);
        await Expect(first.Locator(".reject .bad-field").First).ToHaveTextAsync("many-150");
        await Expect(first.Locator(".pager-text")).ToHaveTextAsync("1 to 5 of 300 records");
        await visit.ShouldBeAccessibleAsync();
        await page.ReloadAsync();
        await Expect(first.Locator(".reject")).ToHaveCountAsync(5);

        // What would come of it is said first, by the table itself; then it is done, and only now the token is asked for.
        await site.ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT total_is_known, ALTER total TYPE text");
        await first.GetByRole(AriaRole.Button, new() { Name = "Replay all 300" }).ClickAsync();
        await page.GetByLabel("Token").FillAsync(Site.Token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Of 300 rejects, 300 would load now.");
        (await site.NumberAsync("SELECT count(*) FROM orders")).ShouldBe(0);
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "300 rejects replayed, 0 still rejected." })).ToBeVisibleAsync();
        await Expect(page.Locator(".issue-card h2")).ToHaveTextAsync("4 rejects in 2 issues");
        (await site.NumberAsync("SELECT count(*) FROM orders")).ShouldBe(300);
        await page.GetByLabel("State").SelectOptionAsync("replayed");
        await Expect(page.Locator(".issue-card h2")).ToHaveTextAsync("300 rejects in 1 issue");
    }

    [Fact]
    public async Task Record_IsEditedWhereItStandsAndTheTableSaysWhetherItLoads()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/rejects");
        var issue = page.Locator(".issue", new() { HasText = "expected N fields" });
        await issue.Locator(".issue-button").ClickAsync();
        await issue.Locator(".reject", new() { HasText = "<b>one</b>" }).GetByRole(AriaRole.Button,
            new() { Name = "Edit" }).ClickAsync();
        var verdict = page.Locator(".edit-verdict");
        await Expect(verdict).ToHaveTextAsync("expected 4 fields, found 5");
        var record = page.GetByLabel("Record to load instead");
        await Expect(record).ToBeFocusedAsync();
        await record.FillAsync("901,<b>one</b>,7,\"too, many\"");
        await Expect(verdict).ToHaveTextAsync("The table accepts this record.");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("reject-edited");
        await record.FillAsync("901,<b>one</b>,seven,\"too, many\"");
        await Expect(verdict).ToHaveTextAsync("total: invalid input syntax for type numeric: \"seven\"");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Load this record" })).ToBeDisabledAsync();
        await record.FillAsync("901,<b>one</b>,8,\"too, many\"");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load this record" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("asked the producer");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Load" }).ClickAsync();
        await Expect(page.Locator(".issue-card h2")).ToHaveTextAsync("303 rejects in 3 issues");
        await Expect(issue.Locator(".reject")).ToHaveCountAsync(2);
        await Expect(issue.Locator(".issue-button")).ToBeFocusedAsync();

        (await site.NumberAsync(
            "SELECT count(*) FROM orders WHERE order_id = 901 AND customer = '<b>one</b>' AND total = 8 AND note = "
                + "'too, many'")).ShouldBe(1);
        (await site.NumberAsync(
            "SELECT count(*) FROM ingest.history WHERE detail LIKE '%with an edited record (asked the producer)' AND who LIKE "
                + "'operator (http%'")).ShouldBe(1);
        await visit.OpenAsync("/rejects?status=replayed&view=records");
        await Expect(page.Locator(".reject")).ToContainTextAsync("Loaded as:");
    }

    [Fact]
    public async Task Issue_IsIgnoredAfterItsReachIsShownAndReopened()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/rejects");
        var dialog = page.GetByRole(AriaRole.Dialog);
        var first = page.Locator(".issue").First;
        await first.Locator(".issue-button").ClickAsync();
        await Button(first, "Ignore all 300").ClickAsync();
        await Expect(dialog).ToContainTextAsync("300 rejects of 2 files. They no longer count as open. Nothing is deleted");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("reject-ignore");
        (await site.NumberAsync("SELECT count(*) FROM corrupt_records WHERE status = 'open'")).ShouldBe(304);
        await page.GetByLabel("Reason").FillAsync("a test file");
        await Button(dialog, "Ignore").ClickAsync();
        await Expect(page.Locator(".issue-card h2")).ToHaveTextAsync("4 rejects in 2 issues");
        (await site.NumberAsync(
            "SELECT count(*) FROM ingest.history WHERE detail = '300 rejects ignored (a test file)' AND who LIKE "
                + "'operator (http%'")).ShouldBe(1);

        // One of them, and then all others, are open again.
        await visit.OpenAsync("/rejects?status=ignored&view=records");
        await Button(page.Locator(".reject").First, "Reopen").ClickAsync();
        await Expect(dialog).ToContainTextAsync("1 reject of 1 file. It counts as open again");
        await Button(dialog, "Reopen").ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "1 reject reopened." })).ToBeVisibleAsync();
        await Expect(page.Locator("#replay")).ToBeHiddenAsync();
        await Button(page.Locator(".page-head"), "Reopen all in this list").ClickAsync();
        await Button(dialog, "Reopen").ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "299 rejects reopened." })).ToBeVisibleAsync();
        (await site.NumberAsync("SELECT count(*) FROM corrupt_records WHERE status = 'open'")).ShouldBe(304);

        static ILocator Button(ILocator where, string name) =>
            where.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    }

    /// <summary>The command in a dialog chooses the same rejects.</summary>
    [Fact]
    public async Task Issue_ReplayAndIgnore_AreCopiedAsCommands()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.SignInAsync();
        await visit.OpenAsync("/rejects");
        var first = page.Locator(".issue").First;
        await first.Locator(".issue-button").ClickAsync();
        (await CommandAsync("Replay all 300")).ShouldMatch(
            "^ingest replay --rejects --pipeline orders --issue [0-9a-f]{16} --table orders$");
        (await CommandAsync("Ignore all 300")).ShouldMatch(
            "^ingest rejects ignore --pipeline orders --issue [0-9a-f]{16} --table orders --up-to [0-9]+ --yes$");

        async Task<string> CommandAsync(string button)
        {
            await first.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Copy as command" }).ClickAsync();
            var command = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
            await page.Keyboard.PressAsync("Escape");
            return command;
        }
    }

    [Fact]
    public async Task No_open_rejects_is_a_page_too()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        await using var visit = await VisitAsync(site);
        await visit.OpenAsync("/rejects");
        await Expect(visit.Page.GetByText("No open rejects")).ToBeVisibleAsync();
        await visit.ShouldBeAccessibleAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 1024)]
    [InlineData(ColorScheme.Dark, 1024)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Issues_FitTheirScreen(ColorScheme colors, int width)
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site, colors, width);
        await visit.OpenAsync("/rejects");
        await visit.Page.Locator(".issue-button").First.ClickAsync();
        await Expect(visit.Page.Locator(".reject")).ToHaveCountAsync(5);
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
        (await visit.Page.EvaluateAsync<double>(
            "Math.min(...[...document.querySelectorAll('.issue-text, .reject-detail')].map((e) => e.clientWidth))"))
            .ShouldBeGreaterThan(180, "no column of three letters");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync($"issues-{width}-{colors.ToString().ToLowerInvariant()}");
    }

    async Task<Site> SiteAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var site = await Site.StartAsync(database, database.ConnectionString);
        site.AddRecords("first.csv", [.. Enumerable.Range(1, 150).Select(n => $"{n},Ann,few-{n},x"), "901,<b>one</b>,7,too, many",
            "902,two,7", "903,three,7,x,y"]);
        await site.WaitForFilesAsync(1);
        site.AddRecords("second.csv", [.. Enumerable.Range(1, 150).Select(n => $"{n},Ann,many-{n},x"), "904,four,2000000,x"]);
        await site.WaitForFilesAsync(2);
        return site;
    }
}
