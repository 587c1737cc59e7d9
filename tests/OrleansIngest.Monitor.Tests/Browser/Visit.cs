using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>A page of the site in a browser of its own. Whatever it logs as an error, throws, or is refused by the content
/// security policy is among its problems.</summary>
sealed class Visit : IAsyncDisposable
{
    static readonly string Screenshots = Path.Combine(Repository.Root, "artifacts", "screenshots");

    readonly IBrowserContext _context;
    readonly List<string> _problems = [];
    bool _closed;

    Visit(IBrowserContext context, IPage page, Uri site)
    {
        (_context, Page, Address) = (context, page, site);
        page.Console += (_, message) => { if (IsProblem(message)) _problems.Add($"{page.Url}: {message.Type}: {message.Text}"); };
        page.PageError += (_, error) => _problems.Add($"{page.Url}: {error}");
        page.Dialog += (_, dialog) => _problems.Add($"{page.Url}: a dialog: {dialog.Message}");
        page.SetDefaultTimeout(20_000);
    }

    public IPage Page { get; }

    public Uri Address { get; }

    /// <summary>Errors and warnings of the console, exceptions, dialogs of scripts.</summary>
    public IReadOnlyList<string> Problems => ExpectsOutage ? [] : _problems;

    /// <summary>Set by a test that cuts the connection on purpose: the browser logs each request that fails.</summary>
    public bool ExpectsOutage { get; set; }

    public static async Task<Visit> StartAsync(IBrowser browser, Uri site, ColorScheme colors = ColorScheme.Light,
        int width = 1280, int height = 860)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.ToString(),
            ColorScheme = colors,
            Locale = "en-US",
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
        });
        return new Visit(context, await context.NewPageAsync(), site);
    }

    /// <summary>Goes to a page and waits until it shows data, and live ones.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await SeeDataAsync();
    }

    /// <summary>Waits until nothing of the page is a grey shape any more, and the stream of events is open.</summary>
    public async Task SeeDataAsync()
    {
        await Assertions.Expect(Page.Locator("main .skeleton")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator("#sidebar-foot .live")).ToHaveTextAsync("Live");
    }

    /// <summary>Gives this browser the operator's role.</summary>
    public async Task SignInAsync()
    {
        await Page.GotoAsync($"/#token={Uri.EscapeDataString(Site.Token)}");
        await Assertions.Expect(Page.Locator("#session-button")).ToContainTextAsync("Sign out");
    }

    public Task SaveScreenshotAsync(string name, bool whole = true)
    {
        Directory.CreateDirectory(Screenshots);
        return Page.ScreenshotAsync(new PageScreenshotOptions
        { Path = Path.Combine(Screenshots, name + ".png"), FullPage = whole });
    }

    /// <summary>No violation of WCAG A and AA and of the best practices that axe knows.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        var result = await Page.RunAxe();
        var found = result.Violations.Select(violation =>
            $"{violation.Id} ({violation.Help}): " + string.Join("; ", violation.Nodes.Take(3).Select(node =>
                $"{node.Html} {string.Join(", ", node.Any.Select(check => check.Message))}")));
        found.ShouldBeEmpty($"{Page.Url}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        await _context.CloseAsync();
    }

    /// <summary>An interface of the machine that comes or goes (a container's, say) breaks every request of the browser; the
    /// pages ask again.</summary>
    static bool IsProblem(IConsoleMessage message) =>
        message.Type is "error" or "warning" && !message.Text.Contains("ERR_NETWORK_CHANGED", StringComparison.Ordinal);
}
