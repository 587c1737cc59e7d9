using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Names of files and the text of records belong to whoever wrote them. They are shown, and nothing more.</summary>
public sealed class HostileTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/files")]
    [InlineData("/rejects")]
    [InlineData("/rejects?view=records")]
    [InlineData("/history")]
    [InlineData("/pipelines/orders")]
    public async Task Nothing_of_a_name_or_a_record_becomes_part_of_the_page(string path)
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync(path);
        (await visit.Page.EvaluateAsync<int>(
            "document.querySelectorAll('main script, main img, main b, main [onerror]').length")).ShouldBe(0);
        (await visit.Page.TitleAsync()).ShouldNotBe("owned");
    }

    [Fact]
    public async Task A_files_name_is_shown_as_it_is_written_and_turns_nothing_around()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/files?q=img");
        await Expect(visit.Page.Locator(".files-table .file-name a")).ToHaveTextAsync([SiteFiles.ScriptFile]);
        await visit.Page.Locator(".files-table .file-name a").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(SiteFiles.ScriptFile);
        await visit.OpenAsync("/files?q=invoice");
        await Expect(visit.Page.Locator(".files-table .file-name a")).ToHaveTextAsync(["invoice‹RLO›gnp.csv"]);
    }

    [Fact]
    public async Task A_record_shows_its_tags_and_names_what_cannot_be_seen()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/rejects?view=records&status=any");
        await Expect(visit.Page.Locator(".raw", new() { HasText = SiteFiles.Script })).ToHaveCountAsync(1);
        var turned = visit.Page.Locator(".reject", new() { HasText = "evil" });
        await Expect(turned.Locator(".invisible")).ToHaveTextAsync(["RLO", "PDF", "ZWSP", "TAB"]);
        await Expect(turned.Locator(".bad-field")).ToHaveTextAsync("abcZWSP");
    }

    [Fact]
    public async Task A_cell_of_a_megabyte_is_an_excerpt_that_can_be_opened()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/rejects?view=records&status=any&q=xxxxxxxxxx");
        var raw = visit.Page.Locator(".raw");
        await Expect(raw).ToHaveCountAsync(1);
        (await raw.InnerTextAsync()).Length.ShouldBeLessThan(1_000);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        (await raw.InnerTextAsync()).Length.ShouldBeGreaterThan(60_000);
    }
}
