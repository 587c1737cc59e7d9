using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Every page, for everybody: accessible in both themes, on a phone, with the keyboard
/// alone, and light to load.</summary>
public sealed class LooksTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    const int Weight = 200 * 1024; // bytes over the wire, first visit

    static readonly string[] Names = ["overview", "pipeline", "files", "file", "rejects", "nodes", "node", "alerts", "history",
        "configuration", "drop", "data"];

    /// <summary>Text that is squeezed into a column of a few letters: narrow, and many lines high.</summary>
    const string NarrowText =
        """
        [...document.querySelectorAll("main :is(td, th, dd, p, li, a, span)")]
            .filter((e) => e.offsetParent && e.childElementCount === 0 && e.textContent.trim().length > 12
                && e.getBoundingClientRect().width < 48 && e.offsetHeight > 60 && !e.closest(".visually-hidden, svg"))
            .map((e) => e.textContent.trim())
        """;

    async Task<string> PathAsync(string name) => name switch
    {
        "overview" => "/",
        "pipeline" => "/pipelines/orders",
        "file" => $"/files/{await Site.NumberAsync($"SELECT file_id FROM ingest.file WHERE path LIKE '%{SiteFiles.Rejected}'")}",
        "node" =>
            $"/nodes/{await Site.TextAsync("SELECT node FROM ingest.node WHERE state = 'alive' ORDER BY started_at LIMIT 1")}",
        _ => "/" + name,
    };

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_is_accessible_in_its_theme(ColorScheme colors)
    {
        await using var visit = await VisitAsync(colors);
        foreach (var name in Names)
        {
            await visit.OpenAsync(await PathAsync(name));
            await visit.ShouldBeAccessibleAsync();
            await visit.SaveScreenshotAsync($"{name}-{colors.ToString().ToLowerInvariant()}");
        }
    }

    /// <summary>For eyes, which see what no rule finds; each page at each width.</summary>
    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Light, 1024)]
    [InlineData(ColorScheme.Dark, 1024)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Every_page_fits_its_screen(ColorScheme colors, int width)
    {
        await using var visit = await VisitAsync(colors, width, 900);
        foreach (var name in Names)
        {
            await visit.OpenAsync(await PathAsync(name));
            (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(
                0, name);
            (await visit.Page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('.files-table, .nodes-table, .pipelines-table')].filter((e) => e.scrollWidth > "
                    + "e.clientWidth + 1).map((e) => e.className)"))
                .ShouldBeEmpty($"{name}: no column is cut off");
            await visit.SaveScreenshotAsync($"{name}-{width}-{colors.ToString().ToLowerInvariant()}");
        }
    }

    [Fact]
    public async Task Dialogs_are_accessible()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");
        await visit.Page.Locator("#session-button").ClickAsync();
        await visit.ShouldBeAccessibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("?");
        await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Keyboard shortcuts");
        await visit.ShouldBeAccessibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("Control+k");
        await Expect(visit.Page.GetByRole(AriaRole.Option)).Not.ToHaveCountAsync(0);
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("palette", whole: false);
    }

    [Fact]
    public async Task No_page_scrolls_sideways_on_a_phone()
    {
        await using var visit = await VisitAsync(width: 360, height: 740);
        foreach (var name in Names)
        {
            await visit.OpenAsync(await PathAsync(name));
            (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(
                0, name);
            (await visit.Page.EvaluateAsync<string[]>(NarrowText)).ShouldBeEmpty(name);
            await visit.SaveScreenshotAsync($"{name}-phone");
        }

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await visit.ShouldBeAccessibleAsync();
        await visit.Page.Locator("#nav").GetByText("Nodes").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Nodes");
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip-link")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Rejects");
        await page.Keyboard.PressAsync("/");
        await Expect(page.GetByLabel("Search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("?/gn"); // in a field they are only characters
        await Expect(page.GetByLabel("Search")).ToHaveValueAsync("?/gn");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("o");
        var chart = page.Locator(".chart-plot").First;
        // before there are data there is no moment to go to
        await Expect(page.Locator(".legend-value").First).Not.ToHaveTextAsync("–");
        await chart.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator(".chart-when").First).Not.ToBeEmptyAsync();
    }

    [Fact]
    public async Task The_theme_can_be_chosen_and_is_remembered()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");
        const string background = "getComputedStyle(document.documentElement).backgroundColor";
        var light = await visit.Page.EvaluateAsync<string>(background);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Switch to dark colours" }).ClickAsync();
        var dark = await visit.Page.EvaluateAsync<string>(background);
        dark.ShouldNotBe(light);
        await visit.Page.ReloadAsync();
        (await visit.Page.EvaluateAsync<string>(background)).ShouldBe(dark);
    }

    [Fact]
    public async Task A_browser_that_takes_no_brotli_gets_gzip()
    {
        using var handler = new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None };
        using var client = new HttpClient(handler) { BaseAddress = Site.Address };
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, deflate");
        using var answer = await client.GetAsync(new Uri("/assets/vendor/uplot/uPlot.iife.min.js", UriKind.Relative),
            TestContext.Current.CancellationToken);
        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var content = new System.IO.Compression.GZipStream(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            System.IO.Compression.CompressionMode.Decompress);
        (await new StreamReader(content).ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("uPlot");
    }

    [Fact]
    public async Task The_first_visit_of_every_page_weighs_little()
    {
        foreach (var name in Names)
        {
            await using var visit = await VisitAsync(); // an empty cache each time
            await visit.OpenAsync(await PathAsync(name));
            var sizes = await visit.Page.EvaluateAsync<JsonElement>(
                "performance.getEntries().filter((e) => e.transferSize && !e.name.includes('/api/')).map((e) => [e.name, "
                    + "e.transferSize])");
            var total = sizes.EnumerateArray().Sum(entry => entry[1].GetInt64());
            TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {total / 1024} KiB");
            total.ShouldBeLessThan(Weight, name);
        }
    }
}
