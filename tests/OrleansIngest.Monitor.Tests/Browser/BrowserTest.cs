using Microsoft.Playwright;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>A test with a browser. Whatever its pages complained of fails it at its end, beside what failed before.</summary>
[Collection(BrowserTests.Name)]
public abstract class BrowserTest(BrowserFixture fixture) : IAsyncDisposable
{
    readonly List<Visit> _visits = [];

    internal IBrowser Browser => fixture.Browser;

    internal Site Site => fixture.Site;

    /// <summary>Opens a browser window of its own, with nothing in its cache.</summary>
    internal Task<Visit> VisitAsync(ColorScheme colors = ColorScheme.Light, int width = 1280, int height = 860) =>
        VisitAsync(Site, colors, width, height);

    internal async Task<Visit> VisitAsync(Site site, ColorScheme colors = ColorScheme.Light, int width = 1280, int height = 860)
    {
        var visit = await Visit.StartAsync(Browser, site.Address, colors, width, height);
        _visits.Add(visit);
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visit in _visits) await visit.DisposeAsync();
        _visits.SelectMany(visit => visit.Problems).ShouldBeEmpty();
        GC.SuppressFinalize(this);
    }
}
