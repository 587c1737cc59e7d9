using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Many files at once, and ways through lists by keyboard.</summary>
public sealed class ListTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    const string LongName =
        "-is-of-a-producer-that-knows-no-bounds-and-names-its-files-accordingly-2026-03-02T06-10-04-part-000017.csv";

    [Fact]
    public async Task Tabs_CountTheFilesOfEachStateAndLeadToThem()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/files");
        var quarantined = await Site.NumberAsync("SELECT count(*) FROM ingest.file WHERE status = 'quarantined'");
        var tab = page.Locator(".tab", new() { HasText = "Quarantined" });
        await Expect(tab.Locator(".tab-count")).ToHaveTextAsync($"{quarantined}");
        await tab.ClickAsync();
        await Expect(tab).ToHaveAttributeAsync("aria-current", "true");
        await Expect(page.Locator(".files-table tbody tr")).ToHaveCountAsync((int)quarantined);
        page.Url.ShouldEndWith("?status=quarantined");
        await page.Locator(".tab", new() { HasText = "All" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/files$"));
    }

    [Fact]
    public async Task Bulk_ShowsItsReachFirstAndMeetsExactlyTheseFiles()
    {
        for (var file = 1; file <= 3; file++) Site.Put($"bulk-{file}.csv", "nothing,fits\n1,2\n");
        await WaitAsync("SELECT count(*) = 3 FROM ingest.file WHERE path LIKE '%/bulk-_.csv' AND status = 'quarantined'");
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/files?status=quarantined&q=bulk-");
        await Expect(page.Locator(".files-table tbody tr")).ToHaveCountAsync(3);

        await page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Skip all" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Skip 3 files?");
        await Expect(dialog).ToContainTextAsync("3 files, quarantined, with 'bulk-' in their path: skipped.");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("bulk", whole: false);
        Site.Put("bulk-4.csv", "nothing,fits\n1,2\n");
        await WaitAsync("SELECT count(*) = 1 FROM ingest.file WHERE path LIKE '%/bulk-4.csv' AND status = 'quarantined'");
        await page.GetByLabel("Reason").FillAsync("sent by mistake");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Skip 3 files" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToHaveTextAsync("Done: 3 files.");
        await Expect(page.Locator(".files-table tbody .file-name a")).ToHaveTextAsync(["bulk-4.csv"]);

        (await Site.NumberAsync("SELECT count(*) FROM ingest.file WHERE path LIKE '%/bulk-%' AND is_skipped")).ShouldBe(3);
        // others count what is quarantined
        await Site.ExecuteAsync("UPDATE ingest.file SET status = 'ignored' WHERE path LIKE '%/bulk-4.csv'");
        await visit.OpenAsync("/history?kind=operator&q=bulk-");
        await Expect(page.Locator(".history-row", new() { HasText = "sent by mistake" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Action_IsCopiedAsACommand()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.SignInAsync();
        await visit.OpenAsync("/pipelines/orders");
        await page.Locator("#pause").ClickAsync();
        await page.GetByLabel("Reason").FillAsync("the disk isn't free");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as command" }).ClickAsync();
        await Expect(page.Locator("#toasts")).ToContainTextAsync("Copied");
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(
            @"ingest pause orders --why 'the disk isn'\''t free'");
        await page.Keyboard.PressAsync("Escape");
    }

    [Fact]
    public async Task Palette_GoesToPagesPipelinesAndFilesByName()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/");
        await GoAsync("alerts");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Alerts");
        await GoAsync("orders");
        await Expect(page).ToHaveURLAsync(new Regex("/pipelines/orders$"));
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("orders-003");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "orders-003.csv" })).ToHaveAttributeAsync(
            "aria-selected", "true");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("orders-003.csv");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("no such thing");
        await Expect(page.GetByText("No matches")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);

        async Task GoAsync(string text)
        {
            await page.Keyboard.PressAsync("Control+k");
            await page.Keyboard.TypeAsync(text);
            await page.Keyboard.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task Keys_GoThroughAListAndEnterOpensTheRow()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/files?q=orders-00&sort=path&dir=asc");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".file-name a").Nth(0)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Expect(page.Locator(".file-name a").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("orders-002.csv");
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("In a list: next row, previous row");
    }

    [Fact]
    public async Task Search_IsLeftByEnterForTheListAndByEscape()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/files?sort=path&dir=asc");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("orders-00");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".file-name a").Nth(0)).ToBeFocusedAsync();
        await Expect(page.Locator(".file-name a").Nth(0)).ToHaveTextAsync("orders-001.csv");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".file-name a").Nth(1)).ToBeFocusedAsync();
        page.Url.ShouldEndWith("q=orders-00&sort=path&dir=asc");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page).Not.ToHaveURLAsync(new Regex("q="));
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Nodes");
    }

    [Fact]
    public async Task Token_PastedIntoTheAddressOfAnOpenPage_SignsInAndLeavesTheAddress()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/nodes");
        await page.EvaluateAsync(
            $"location.href = '/nodes#token={Uri.EscapeDataString(Site.Token).Replace("'", "%27", StringComparison.Ordinal)}'");
        await Expect(page.Locator("#session-button")).ToContainTextAsync("Sign out");
        page.Url.ShouldEndWith("/nodes");
        (await page.EvaluateAsync<int>("history.length")).ShouldBeLessThanOrEqualTo(3);
        await page.Locator("#session-button").ClickAsync();
    }

    [Fact]
    public async Task Token_ThatIsWrong_LeavesTheAddressTooAndIsSaid()
    {
        await using var visit = await VisitAsync();
        visit.ExpectsOutage = true; // the browser logs the 401
        await visit.Page.GotoAsync("/#token=wrong%ZZ");
        await Expect(visit.Page.Locator(".toast")).ToContainTextAsync("The token in the address was refused");
        visit.Page.Url.ShouldNotContain("token");
    }

    [Fact]
    public async Task Alerts_AreAcknowledgedAndMutedAndShownAsSuch()
    {
        await WaitAsync("SELECT count(*) > 0 FROM ingest.alert WHERE resolved_at IS NULL AND rule = 'quarantined'");
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/alerts");
        var row = page.Locator(".alert-row", new() { HasText = "quarantined ·" }).First;
        await row.GetByRole(AriaRole.Button, new() { Name = "Actions" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("asked");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(row).ToContainTextAsync("acknowledged by ");
        await Expect(row).ToContainTextAsync("asked");

        await page.GetByLabel("Pipeline").SelectOptionAsync("orders");
        await page.GetByLabel("Rule").SelectOptionAsync("quarantined");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mute…" }).ClickAsync();
        await page.GetByLabel("For", new() { Exact = true }).SelectOptionAsync("2h");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Mute" }).ClickAsync();
        await Expect(row).ToContainTextAsync("muted until ");
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("alerts-muted");
        await visit.OpenAsync("/");
        await Expect(page.Locator(".need[data-quiet]").First).ToContainTextAsync("muted until ");
        await visit.OpenAsync("/files");
        await Expect(page.Locator(".notice", new() { HasText = "quarantined" })).ToHaveCountAsync(0);
        await visit.OpenAsync("/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unmute" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Unmute" }).ClickAsync();
        await Expect(page.GetByText("Nothing is muted.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Node_ShowsWhatItDoesAndDid()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/nodes");
        await page.Locator(".nodes-table .file-name a").First.ClickAsync();
        await Expect(page.Locator(".state-line .badge")).ToHaveTextAsync("alive");
        await Expect(page.Locator(".stat", new() { HasText = "Busy parse slots" })).ToContainTextAsync(
            $"of {Environment.ProcessorCount}");
        await Expect(page.Locator(".stat", new() { HasText = "Batch memory" })).ToContainTextAsync("MiB");
        await Expect(page.Locator(".card", new() { HasText = "Latest files" }).Locator("tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(2);
        await visit.ShouldBeAccessibleAsync();
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(390)]
    public async Task Files_WithLongNames_KeepBeginningAndEndInSight(int width)
    {
        var longName = $"{width}{LongName}";
        Site.AddFile(longName, 10);
        await using var visit = await VisitAsync(width: width);
        var page = visit.Page;
        await visit.OpenAsync($"/files?q={width}-is-of-a-producer");
        var name = page.Locator(".files-table .file-name a");
        await Expect(name).ToHaveTextAsync(longName);
        await Expect(page.Locator(".files-table .badge")).ToHaveTextAsync("loaded");
        (await page.EvaluateAsync<int>(
            "(([box]) => box.scrollWidth - "
                + "box.clientWidth)(document.querySelectorAll('.files-table'))")).ShouldBeLessThanOrEqualTo(0,
                    "no column is cut off");
        var box = (await page.Locator(".files-table").BoundingBoxAsync())!;
        var end = (await name.Locator(".elided-end").BoundingBoxAsync())!;
        (end.X + end.Width).ShouldBeLessThanOrEqualTo(box.X + box.Width);
        end.Width.ShouldBeGreaterThan(20);
        await name.FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Shift+Tab"); // the keyboard's focus shows all of it
        (await page.EvaluateAsync<bool>(
            "(([e]) => e.scrollWidth <= e.clientWidth + 1)(document.querySelectorAll('.file-name a .elided'))")).ShouldBeTrue();
        await visit.SaveScreenshotAsync($"long-name-{width}");
    }

    /// <param name="condition">A query of one boolean.</param>
    async Task WaitAsync(string condition)
    {
        while (await Site.NumberAsync($"SELECT ({condition})::integer") == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
