using Microsoft.Playwright;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>One browser and one site with files of every kind, for all tests that do not break them.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    IPlaywright? _playwright;

    internal IBrowser Browser { get; private set; } = null!;

    internal Site Site { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var executable = Chromium.Find();
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(20_000); // a busy machine is slow, not wrong
        // There is no screen: what would draw on one takes a seventh of the time of these tests.
        string[] arguments = ["--disable-gpu", "--disable-software-rasterizer"];
        // Root has no sandbox in a container; a user has one.
        if (Environment.UserName == "root") arguments = [.. arguments, "--no-sandbox"];
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        { ExecutablePath = executable, Args = arguments });
        var database = await TestPostgres.CreateDatabaseAsync();
        Site = await Site.StartAsync(database, database.ConnectionString);
        await Site.WaitForFilesAsync(SiteFiles.AddTo(Site));
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.CloseAsync();
        _playwright?.Dispose();
        if (Site is not null) await Site.DisposeAsync();
    }
}

/// <summary>The tests of one site, one after the other: two browsers at a time would only wait for each other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
