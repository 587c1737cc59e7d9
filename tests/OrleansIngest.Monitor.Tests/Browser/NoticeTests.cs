using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Notices and toasts: where they belong, and out of the way.</summary>
public sealed class NoticeTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    /// <summary>Shows toasts as the pages do.</summary>
    const string Show = "async (texts) => { const { toast } = await import('/assets/js/components/toast.js'); texts.forEach(t => "
        + "toast(t)); }";

    [Fact]
    public async Task Alert_OfAnotherPipeline_IsNoNoticeOfThisPage()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        site.Put("wrong.csv", "first,second\n1,2\n");
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        var notice = page.Locator(".notice", new() { HasText = "quarantined" });
        await visit.OpenAsync("/files");
        await Expect(notice).ToBeVisibleAsync();
        await visit.OpenAsync("/pipelines/orders");
        await Expect(notice).ToBeVisibleAsync();
        await visit.OpenAsync("/files?pipeline=other");
        // The overview has arrived.
        await Expect(page.Locator(".nav-number", new() { HasText = "needs attention" })).ToBeVisibleAsync();
        await Expect(notice).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show all files" }).ClickAsync();
        await page.Locator(".files-table .file-name a").First.ClickAsync();
        await Expect(notice).ToBeVisibleAsync(); // its file
    }

    [Fact]
    public async Task Toast_IsShownOnceLetsClicksThroughStaysUnderThePointerAndCanBeClosed()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/files");
        await page.Clock.InstallAsync();
        await page.EvaluateAsync(Show, new[] { "Copied", "Copied", "another" });
        await Expect(page.Locator(".toast")).ToHaveTextAsync(["Copied", "another"]);
        await visit.ShouldBeAccessibleAsync();
        (await page.EvaluateAsync<bool>(
            """
            () => [...document.querySelectorAll('.toast span')].every((text) => {
              const { left, top, width, height } = text.getBoundingClientRect();
              return !document.elementFromPoint(left + width / 2, top + height / 2).closest('#toasts');
            })
            """)).ShouldBeTrue("a click meets what is below");

        var box = (await page.Locator(".toast").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 20, box.Y + 10);
        await page.Clock.FastForwardAsync(7_000);
        await Expect(page.Locator(".toast")).ToHaveTextAsync(["Copied"]);
        await page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToHaveCountAsync(0);
    }

    /// <summary>The buttons of a list's pages are at the bottom right, where toasts appear.</summary>
    [Fact]
    public async Task Toast_StandsBesideTheControls()
    {
        await using var visit = await VisitAsync(width: 1440, height: 780);
        await visit.OpenAsync("/files");
        await visit.Page.EvaluateAsync("() => scrollTo(0, document.body.scrollHeight)");
        await visit.Page.EvaluateAsync(Show, new[] { "A file is quarantined" });
        await visit.SaveScreenshotAsync("toast", whole: false);
        (await visit.Page.EvaluateAsync<int>(
            """
            () => {
              const toast = document.querySelector('.toast').getBoundingClientRect();
              return [...document.querySelectorAll('.pager button')].filter((button) => {
                const one = button.getBoundingClientRect();
                return one.left < toast.right && one.right > toast.left && one.top < toast.bottom && one.bottom > toast.top;
              }).length;
            }
            """)).ShouldBe(0);
    }

    [Fact]
    public async Task Editor_AsksBeforeEditedTextIsLost()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/rejects?view=records&q=too+many");
        await page.Locator(".reject").First.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        var record = page.GetByLabel("Record to load instead");
        await Expect(record).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape"); // nothing is lost
        await Expect(record).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("Enter");
        await record.FillAsync("5,Eve,1.00,one");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Discard the changes?");
        await page.Keyboard.PressAsync("Escape");
        await Expect(record).ToHaveValueAsync("5,Eve,1.00,one");
        await Expect(record).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(record).ToHaveCountAsync(0);
    }
}
