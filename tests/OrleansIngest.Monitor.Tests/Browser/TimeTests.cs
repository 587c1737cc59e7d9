using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Time on the pages: ranges in the address, parts of them selected on charts, marks, the
/// digest, two days compared.</summary>
public sealed class TimeTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    static async Task DragAsync(IPage page, ILocator plot, double from, double to)
    {
        await Expect(plot).ToHaveAttributeAsync("aria-label", new Regex(": ")); // before it has data there is no range to select
        await plot.ScrollIntoViewIfNeededAsync();
        var box = (await plot.Locator(".u-over").BoundingBoxAsync())!;
        var y = box.Y + (box.Height / 2);
        await page.Mouse.MoveAsync((float)(box.X + (box.Width * from)), (float)y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync((float)(box.X + (box.Width * to)), (float)y, new() { Steps = 5 });
        await page.Mouse.UpAsync();
    }

    static (DateTimeOffset From, DateTimeOffset To) RangeOf(string address)
    {
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(address).Query);
        return (DateTimeOffset.Parse(query["from"]!, CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(query["to"]!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_range_is_dragged_on_a_chart_survives_a_reload_and_has_a_way_back()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/pipelines/orders?range=3600");
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(8);

        await DragAsync(visit.Page, visit.Page.Locator(".chart-plot").First, 0.25, 0.75);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("range=custom"));
        var (from, to) = RangeOf(visit.Page.Url);
        (to - from).TotalMinutes.ShouldBeInRange(28, 32);
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator("#zoom-back")).ToBeVisibleAsync();
        RangeOf(visit.Page.Url).ShouldBe((from, to));
        await visit.SaveScreenshotAsync("pipeline-zoom-light");
        await visit.Page.Locator("#zoom-back").ClickAsync();
        await Expect(visit.Page.Locator("#zoom-back")).ToBeHiddenAsync();
        visit.Page.Url.ShouldNotContain("custom");
    }

    /// <summary>The events of many files that differ only in numbers are one line, which opens on the files.</summary>
    [Fact]
    public async Task Events_of_many_files_with_one_reason_are_one_line()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        for (var file = 1; file <= 6; file++) site.Put($"same-{file}.csv", "first,second\n1,2\n");
        await site.WaitForFilesAsync(6);
        site.Put("other.csv", "order_id,order_id\n1,2\n");
        await site.WaitForFilesAsync(7);
        await using var visit = await VisitAsync(site, width: 390);
        await visit.OpenAsync("/history?kind=file");
        var run = visit.Page.Locator(".history-run");
        var said = await run.Locator("xpath=following-sibling::p").TextContentAsync();

        await Expect(run.Locator("summary")).ToHaveTextAsync("6 files");
        said.ShouldNotBeNull().ShouldContain("None of the header's names");
        await visit.ShouldBeAccessibleAsync();
        await run.Locator("summary").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(run.GetByRole(AriaRole.Link).First).ToBeVisibleAsync();
        await visit.SaveScreenshotAsync("history-run");
    }

    [Fact]
    public async Task A_range_is_selected_with_the_keyboard_alone()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/history");
        var plot = visit.Page.Locator(".chart-plot").First;
        await Expect(plot.Locator("canvas")).ToHaveCountAsync(1);
        await Expect(plot).ToHaveAttributeAsync("aria-label", new Regex("rows/s|–"));
        await plot.FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        foreach (var _ in Enumerable.Range(0, 20)) await visit.Page.Keyboard.PressAsync("Shift+ArrowLeft");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("range=custom"));
        await visit.Page.Locator("#zoom-back").ClickAsync();
        await Expect(visit.Page).Not.ToHaveURLAsync(new Regex("range=custom"));
    }

    [Fact]
    public async Task All_charts_of_a_page_share_the_cursor()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/pipelines/orders");
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(8);
        var over = visit.Page.Locator(".chart-plot .u-over");
        await over.First.HoverAsync();
        var times = visit.Page.Locator(".chart-when");
        await Expect(times.First).Not.ToBeEmptyAsync();
        var time = await times.First.TextContentAsync();
        foreach (var other in await times.AllTextContentsAsync()) other.ShouldBe(time);
    }

    [Fact]
    public async Task A_part_of_the_overview_is_looked_at_in_the_history_and_the_browser_leads_back()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(4);
        await DragAsync(visit.Page, visit.Page.Locator(".chart-plot").First, 0.2, 0.8);
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("History");
        await Expect(visit.Page.GetByLabel("From", new() { Exact = true }).First).ToBeVisibleAsync();
        await visit.Page.GoBackAsync();
        await Expect(visit.Page.Locator("[data-pipeline=orders]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_history_begins_with_a_digest_and_names_what_marks_the_charts()
    {
        await Site.ExecuteAsync("""
            INSERT INTO ingest.history (kind, at, node, detail)
                VALUES ('node.dead', now() - interval '2 min', 'silo-lost', 'no heartbeat');
            INSERT INTO ingest.history (kind, at, pipeline, who)
                VALUES ('operator.pause', now() - interval '9 min', 'archive', 'ann'),
                ('operator.resume', now() - interval '4 min', 'archive', 'ann');
            INSERT INTO ingest.alert (rule, pipeline, severity, message, fired_at, resolved_at)
                VALUES ('oldest-file', 'archive', 'warning', 'a file waits', now() - interval '8 min', now() - interval '3 min')
            """);
        try
        {
            await using var visit = await VisitAsync();
            await visit.OpenAsync("/history?range=900");
            var digest = visit.Page.Locator(".digest");
            await Expect(digest).ToHaveTextAsync(
                new Regex(@"^Since \d\d:\d\d: [\d,]+ files, [\d,.]+ (M )?rows, .*silo-lost was lost at \d\d:\d\d\.$"));
            await Expect(digest).ToContainTextAsync("archive was paused at");
            await visit.SaveScreenshotAsync("history-digest-light");
            await visit.ShouldBeAccessibleAsync();
        }
        finally
        {
            await Site.ExecuteAsync(
                "DELETE FROM ingest.history WHERE node = 'silo-lost' OR pipeline = 'archive'; DELETE FROM ingest.alert WHERE "
                    + "pipeline = 'archive'");
        }
    }

    /// <summary>The text of a mark is long; the heads of the charts and the plots below them stay where they are.</summary>
    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task A_mark_under_the_cursor_moves_no_chart(int width)
    {
        await Site.ExecuteAsync("""
            INSERT INTO ingest.alert (rule, pipeline, severity, message, fired_at, resolved_at)
                SELECT 'oldest-file', 'orders', 'warning', repeat('a file waits and waits ', 8), at, now()
                FROM generate_series(now() - interval '280 s', now() - interval '20 s', interval '3 s') at
            """);
        try
        {
            await using var visit = await VisitAsync(width: width);
            var page = visit.Page;
            await visit.OpenAsync("/pipelines/orders");
            await Expect(page.Locator(".chart canvas")).ToHaveCountAsync(8);
            await Expect(page.Locator(".chart-plot").First).ToHaveAttributeAsync("aria-label", new Regex(": "));
            const string places =
                """
                () => [...document.querySelectorAll('.chart h3, .chart-plot')].map((one) => {
                  const { left, top, width, height } = one.getBoundingClientRect();
                  return `${left} ${top + scrollY} ${width} ${height}`;
                }).join()
                """;
            await page.Locator(".chart-plot .u-over").First.ScrollIntoViewIfNeededAsync();
            var before = await page.EvaluateAsync<string>(places);
            await page.Locator(".chart-plot .u-over").First.HoverAsync();
            await Expect(page.Locator(".chart-tip").First).ToContainTextAsync("a file waits and waits");
            await Expect(page.Locator(".chart-tip:visible")).ToHaveCountAsync(1);
            (await page.EvaluateAsync<string>(places)).ShouldBe(before);
            await visit.SaveScreenshotAsync($"chart-mark-{width}", whole: false);
        }
        finally
        {
            await Site.ExecuteAsync("DELETE FROM ingest.alert WHERE rule = 'oldest-file' AND pipeline = 'orders'");
        }
    }

    /// <summary>A label that is cut reads as another day: Nov 2 for Nov 27.</summary>
    [Fact]
    public async Task The_last_label_of_an_axis_is_whole()
    {
        await using var visit = await VisitAsync(width: 1024);
        var midnight = new DateTimeOffset(await visit.Page.EvaluateAsync<DateTime>("new Date(new Date().setHours(0, 0, 0, 0))"));
        await visit.OpenAsync($"/pipelines/orders?range=custom&from={midnight.AddDays(-4):yyyy-MM-ddTHH:mm:ssZ}&"
            + $"to={midnight:yyyy-MM-ddTHH:mm:ssZ}");
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(8);
        await Expect(visit.Page.Locator(".chart-plot").First).ToHaveAttributeAsync("aria-label", new Regex(": "));
        await visit.SaveScreenshotAsync("axis-days");
        var columns = await visit.Page.EvaluateAsync<int[]>(
            """
            () => {
              const canvas = document.querySelector('.chart canvas');
              const strip = canvas.getContext('2d').getImageData(canvas.width - 40, canvas.height - 24, 40, 24).data;
              const painted = [...strip.keys()].filter((at) => at % 4 === 3 && strip[at] > 0);
              return [...new Set(painted.map((at) => ((at - 3) / 4) % 40))];
            }
            """);
        columns.ShouldNotBeEmpty("a label is centred on the end of the plot");
        columns.Max().ShouldBeLessThan(38, "it does not reach the edge");
    }

    [Fact]
    public async Task Last_night_and_yesterday_against_today_are_one_click_each_and_in_the_address()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/history");
        await visit.Page.Locator(".choice", new() { HasText = "Last night" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("range=night"));
        await Expect(visit.Page.Locator(".digest")).ToHaveTextAsync(new Regex("^(Since|From) 18:00"));
        await visit.Page.Locator("#yesterday-today").ClickAsync();
        await Expect(visit.Page.Locator(".compare-table tbody tr")).ToHaveCountAsync(13);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("aFrom=.*bTo="));
        var starts = visit.Page.Locator(".compare-form input");
        (await starts.Nth(0).InputValueAsync()).ShouldContain("T00:00");
        (await starts.Nth(2).InputValueAsync()).ShouldContain("T00:00");
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator(".compare-table tbody tr")).ToHaveCountAsync(13);
        await Expect(visit.Page.Locator(".choice:has(:checked)")).ToHaveTextAsync("Last night");
    }

    [Fact]
    public async Task The_page_of_a_list_is_in_the_address()
    {
        await Site.ExecuteAsync("""
            INSERT INTO ingest.pipeline (name, config) VALUES ('paged', '{}') ON CONFLICT DO NOTHING;
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, finished_at)
            SELECT 'paged', '/paged/' || lpad(n::text, 4, '0') || '.csv', n, 0, 0, n, 'ignored', now()
                FROM generate_series(1, 200) n
            """);
        try
        {
            await using var visit = await VisitAsync();
            await visit.OpenAsync("/files?pipeline=paged&sort=path&dir=asc");
            var text = visit.Page.Locator(".pager-text");
            await Expect(text).ToHaveTextAsync(new Regex("^1 to "));
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
            await Expect(text).Not.ToHaveTextAsync(new Regex("^1 to "));
            var second = await text.TextContentAsync();
            await visit.Page.ReloadAsync();
            await Expect(text).ToHaveTextAsync(second!);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
            await Expect(text).ToHaveTextAsync(new Regex("^1 to "));
            visit.Page.Url.ShouldNotContain("after=");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
            await visit.Page.GetByLabel("Search").FillAsync("0001");
            await Expect(visit.Page.Locator(".files-table tbody .file-name a")).ToHaveTextAsync(["0001.csv"]);
            visit.Page.Url.ShouldNotContain("after=");
        }
        finally
        {
            await Site.ExecuteAsync(
                "DELETE FROM ingest.file WHERE pipeline = 'paged'; DELETE FROM ingest.pipeline WHERE name = 'paged'");
        }
    }
}
