using Microsoft.Playwright;
using OrleansIngest.Monitor.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The choice of the database in the frame of the pages.</summary>
public sealed class DatabaseChoiceTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Choice_is_in_the_address_and_kept_by_every_link()
    {
        await using var both = await TwoLedgers.StartAsync();
        await using var visit = await Visit.StartAsync(Browser, new Uri(both.Monitor.Link.GetLeftPart(UriPartial.Authority)));
        await visit.OpenAsync("/");
        var nav = visit.Page.Locator("#nav");
        await Expect(nav.GetByText("shop")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Database")).ToHaveValueAsync("main");

        await visit.Page.GetByLabel("Database").SelectOptionAsync("second");
        await Expect(nav.GetByText("clicks")).ToBeVisibleAsync();
        await Expect(nav.GetByText("shop")).ToHaveCountAsync(0);
        new Uri(visit.Page.Url).Query.ShouldBe("?database=second");
        await Expect(visit.Page.GetByLabel("Database")).ToHaveValueAsync("second");

        await nav.GetByText("Files").ClickAsync();
        await visit.SeeDataAsync();
        await Expect(visit.Page.GetByText("a.csv").First).ToBeVisibleAsync();
        new Uri(visit.Page.Url).Query.ShouldContain("database=second");
        await visit.SaveScreenshotAsync("database-second");
        await nav.GetByText("clicks").ClickAsync();
        await visit.SeeDataAsync();
        new Uri(visit.Page.Url).PathAndQuery.ShouldBe("/pipelines/clicks?database=second");
        await visit.Page.ReloadAsync();
        await Expect(nav.GetByText("clicks")).ToBeVisibleAsync();

        await visit.Page.GetByLabel("Database").SelectOptionAsync("main");
        await Expect(nav.GetByText("shop")).ToBeVisibleAsync();
        new Uri(visit.Page.Url).PathAndQuery.ShouldBe("/");
        visit.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_database_offers_no_choice()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");

        await Expect(visit.Page.Locator(".database-choice")).ToBeHiddenAsync();
    }
}
