using System.Diagnostics;
using Microsoft.Playwright;
using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>The database goes away, the program is killed: the page says so, stays, and goes on by itself. On a site of its own,
/// empty at first.</summary>
public sealed class OutageTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task A_page_without_files_helps_and_outlives_the_database_and_the_program()
    {
        var folder = TestPostgres.NewFolder();
        var server = await EmbeddedPostgresServer.StartAsync(new EmbeddedPostgresOptions
        { DataDirectory = Path.Combine(folder, "postgres") }, TestContext.Current.CancellationToken);
        await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
            await Migrations.ApplyAsync(dataSource, TestContext.Current.CancellationToken);
        await using (var site = await Site.StartAsync(server, server.ConnectionString))
        await using (var visit = await VisitAsync(site))
        {
            visit.ExpectsOutage = true;
            await visit.OpenAsync("/files");
            await Expect(visit.Page.GetByText("No files yet")).ToBeVisibleAsync();
            await visit.OpenAsync("/rejects");
            await Expect(visit.Page.GetByText("No open rejects")).ToBeVisibleAsync();
            await visit.OpenAsync("/");
            await visit.Page.EvaluateAsync("window.sameDocument = true");
            var before = visit.Page.Locator(".file-item", new() { HasText = "before.csv" });
            site.AddFile("before.csv", 100);
            await Expect(before).ToContainTextAsync("100 rows");

            using (var kill = Process.Start("kill", ["-9", $"{server.ProcessId}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Expect(visit.Page.Locator(".notice", new() { HasText = "The database is unavailable" }))
                .ToBeVisibleAsync(new() { Timeout = 30_000 });
            await Expect(before).ToBeVisibleAsync();
            await visit.SaveScreenshotAsync("database-away");
            NpgsqlConnection.ClearAllPools();
            while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            site.AddFile("after.csv", 200);
            await Expect(visit.Page.Locator(".notice", new() { HasText = "The database is unavailable" })).ToHaveCountAsync(0,
                new() { Timeout = 60_000 });
            await Expect(visit.Page.Locator(".file-item", new() { HasText = "after.csv" })).ToContainTextAsync("200 rows",
                new() { Timeout = 60_000 });

            await site.KillProgramAsync();
            await Expect(visit.Page.Locator("#sidebar-foot .live")).ToHaveTextAsync("Reconnecting…");
            await Expect(visit.Page.Locator(".notice", new() { HasText = "reconnects automatically" })).ToBeVisibleAsync();
            await site.RunAsync();
            await Expect(visit.Page.Locator("#sidebar-foot .live")).ToHaveTextAsync("Live", new() { Timeout = 60_000 });
            await Expect(visit.Page.Locator(".notice", new() { HasText = "reconnects automatically" })).ToHaveCountAsync(0);
            site.AddFile("later.csv", 300);
            await Expect(visit.Page.Locator(".file-item", new() { HasText = "later.csv" })).ToContainTextAsync("300 rows",
                new() { Timeout = 60_000 });
            (await visit.Page.EvaluateAsync<bool>("window.sameDocument")).ShouldBeTrue();
        }

        Directory.Delete(folder, recursive: true);
    }
}
