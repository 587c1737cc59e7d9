using System.Text.Json;
using Microsoft.Playwright;
using OrleansIngest.Engine.Pipelines;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>Each page shows what the program really did, and goes on showing it without a reload.</summary>
public sealed class PageTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Overview_counts_a_file_that_arrives_while_it_is_looked_at()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");
        var card = visit.Page.Locator("[data-pipeline=orders]");
        await Expect(card.Locator("td")).ToHaveCountAsync(6);
        await Expect(card.Locator(".badge")).ToHaveTextAsync(
            new System.Text.RegularExpressions.Regex("idle|running|needs attention"));
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(4);
        await visit.Page.EvaluateAsync("window.sameDocument = true");
        Site.AddFile("arrives.csv", 1_000);
        await Expect(visit.Page.Locator(".file-item", new() { HasText = "arrives.csv" })).ToContainTextAsync("1,000 rows");
        await Expect(visit.Page.Locator(".file-item", new() { HasText = "arrives.csv" }).Locator(".badge"))
            .ToHaveTextAsync("loaded");
        (await visit.Page.EvaluateAsync<bool>("window.sameDocument")).ShouldBeTrue();
    }

    [Fact]
    public async Task Pipeline_draws_sparks_charts_and_more_over_every_range()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/pipelines/orders");
        await Expect(visit.Page.Locator(".chart canvas")).ToHaveCountAsync(8);
        foreach (var title in new[] { "Input rate", "Process rate", "Input rows", "Batch duration", "Operation duration",
            "Latency", "Backlog", "Rejected rows" })
            await Expect(visit.Page.Locator(".chart h3", new() { HasText = title })).ToHaveCountAsync(1);
        foreach (var range in new[] { "1 min", "15 min", "1 h", "6 h", "24 h", "7 d", "30 d" })
        {
            var answer = visit.Page.WaitForResponseAsync(response => response.Url.Contains("/series", StringComparison.Ordinal));
            await visit.Page.Locator(".choice", new() { HasText = range }).First.ClickAsync();
            (await answer).Ok.ShouldBeTrue(range);
        }

        // Thousands of rows were loaded in the last 30 days, all of them within one interval or two.
        await Expect(visit.Page.Locator(".chart", new() { HasText = "Input rows" }).Locator(".chart-empty")).ToBeHiddenAsync();
        visit.Page.Url.ShouldEndWith("?range=2592000");
    }

    [Fact]
    public async Task Files_are_found_filtered_sorted_and_paged()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/files");
        var names = visit.Page.Locator(".files-table tbody .file-name a");
        await visit.Page.GetByLabel("Search").FillAsync("orders-00");
        await Expect(names).ToHaveCountAsync(4);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "File", Exact = true }).ClickAsync();
        await Expect(names.First).ToHaveTextAsync("orders-001.csv");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "File", Exact = true }).ClickAsync();
        await Expect(names.First).ToHaveTextAsync("orders-004.csv");
        await visit.Page.GetByLabel("Search").FillAsync("");
        await visit.Page.Locator(".tab", new() { HasText = "Quarantined" }).ClickAsync();
        await Expect(names).ToHaveTextAsync([SiteFiles.Quarantined]);
        await visit.Page.ReloadAsync(); // filters are in the address
        await Expect(names).ToHaveTextAsync([SiteFiles.Quarantined]);
        await visit.Page.GetByLabel("Search").FillAsync("no file is called so");
        await Expect(visit.Page.GetByText("No matching files")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Files_page_through_a_hundred_thousand()
    {
        await Site.ExecuteAsync("""
            INSERT INTO ingest.pipeline (name, config) VALUES ('archive', '{}') ON CONFLICT DO NOTHING;
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, finished_at)
            SELECT 'archive', '/archive/' || lpad(n::text, 6, '0') || '.csv', n, 0, 0, n, 'ignored', now()
                FROM generate_series(1, 100000) n
            """);
        try
        {
            await using var visit = await VisitAsync();
            await visit.OpenAsync("/files?pipeline=archive&sort=path&dir=asc");
            var names = visit.Page.Locator(".files-table tbody .file-name a");
            await Expect(names.First).ToHaveTextAsync("000001.csv");
            await Expect(visit.Page.Locator(".pager-text")).ToHaveTextAsync("1 to 50 of 100,000 files");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
            await Expect(names.First).ToHaveTextAsync("000051.csv");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
            await Expect(names.First).ToHaveTextAsync("000101.csv");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
            await Expect(names.First).ToHaveTextAsync("000051.csv");
            await visit.Page.GetByLabel("Search").FillAsync("99999");
            await Expect(names).ToHaveTextAsync(["099999.csv"]);
        }
        finally
        {
            await Site.ExecuteAsync(
                "DELETE FROM ingest.file WHERE pipeline = 'archive'; DELETE FROM ingest.pipeline WHERE name = 'archive'");
        }
    }

    [Fact]
    public async Task File_shows_its_batches_its_times_and_that_every_record_is_accounted_for()
    {
        var id = await Site.NumberAsync("SELECT file_id FROM ingest.file WHERE path LIKE '%orders-001.csv'");
        await using var visit = await VisitAsync();
        await visit.OpenAsync($"/files/{id}");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("orders-001.csv");
        await Expect(visit.Page.Locator(".accounts")).ToContainTextAsync(
            "4,000 records read = 4,000 loaded + 0 rejected + 0 skipped");
        await Expect(visit.Page.Locator(".accounts .badge")).ToHaveTextAsync("every record accounted for");
        var batches = await Site.NumberAsync($"SELECT count(*) FROM ingest.batch WHERE file_id = {id}");
        batches.ShouldBeGreaterThanOrEqualTo(8); // 500 records each
        await Expect(visit.Page.Locator(".range-bar")).ToHaveCountAsync((int)batches);
        await Expect(visit.Page.Locator(".timeline-label").Last).ToHaveTextAsync("Loaded");
    }

    [Fact]
    public async Task Rejects_mark_the_bad_field_and_can_be_exported()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/rejects?view=records");
        await visit.Page.Locator(".bar", new() { HasText = "bad_value" }).ClickAsync();
        var marks = visit.Page.Locator(".reject .bad-field");
        await Expect(marks.Filter(new() { HasText = "not-a-number" })).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator(".reject", new() { HasText = "field_count" })).ToHaveCountAsync(0);
        foreach (var (label, first) in new[] { ("CSV", "id,"), ("JSONL", "{") })
        {
            var download = await visit.Page.RunAndWaitForDownloadAsync(
                () => visit.Page.GetByRole(AriaRole.Link, new() { Name = label, Exact = true }).ClickAsync());
            var text = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
            text.ShouldContain("not-a-number");
            text.ShouldStartWith(first);
        }
    }

    [Fact]
    public async Task Nodes_show_the_program_itself()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/nodes");
        var row = visit.Page.Locator(".nodes-table tbody tr").First;
        await Expect(row.Locator(".badge")).ToHaveTextAsync("alive");
        await Expect(row.Locator("[data-column=memory]")).ToContainTextAsync("MiB of");
        await Expect(row.Locator("[data-column=cpu]")).ToContainTextAsync($"of {Environment.ProcessorCount} cores");
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Orleans Dashboard" })).ToHaveAttributeAsync("href",
            "/cluster");
    }

    [Fact]
    public async Task History_tells_what_happened_and_compares_two_ranges()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/history");
        var quarantine = visit.Page.Locator(".history-row", new() { HasText = SiteFiles.Quarantined });
        await Expect(quarantine.Filter(new() { HasText = "file.quarantined" })).ToHaveCountAsync(1);
        await visit.Page.GetByLabel("Kind").SelectOptionAsync("node");
        await Expect(visit.Page.Locator(".history-row .badge", new() { HasText = "file." })).ToHaveCountAsync(0);
        await visit.Page.GetByLabel("Kind").SelectOptionAsync("file");
        await Expect(visit.Page.Locator(".history-row .badge", new() { HasText = "file.quarantined" }).First).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();
        var loaded = await Site.NumberAsync("SELECT sum(rows_loaded) FROM ingest.file");
        loaded.ShouldBeGreaterThan(16_000);
        await Expect(visit.Page.Locator(".compare-table tr",
            new() { HasText = "Rows loaded" }).Locator("td").Nth(1)).Not.ToHaveTextAsync("0");
    }

    [Fact]
    public async Task Configuration_shows_what_is_set_and_on_demand_everything_and_no_secret()
    {
        await using var visit = await VisitAsync();
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.OpenAsync("/configuration");
        var pipeline = visit.Page.Locator("[data-configuration=orders]");
        var set = pipeline.Locator("> .setting-groups > .setting-group > .settings > .setting");
        await Expect(pipeline.Locator("> .setting-groups h3"))
            .ToHaveTextAsync(["Files", "Table and columns", "Speed and retries"]);
        await Expect(set.Filter(new() { HasText = "batchRecords" }).Locator("dd")).ToHaveTextAsync("500");
        await Expect(set.First.Locator("dt")).ToHaveTextAsync("name");
        await Expect(set.Filter(new() { HasText = "maxAttempts" })).ToHaveCountAsync(0);
        await pipeline.GetByText(" properties, with their defaults").ClickAsync();
        await Expect(pipeline.Locator("details .setting", new() { HasText = "maxAttempts" }).Locator("dd")).ToHaveTextAsync("5");

        await pipeline.GetByRole(AriaRole.Button, new() { Name = "Copy as ingest.json" }).ClickAsync();
        await Expect(visit.Page.Locator("#toasts")).ToContainTextAsync("Copied");
        var copied = PipelineJson.Read(
            JsonDocument.Parse(await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).RootElement.GetProperty(
                "pipelines")[0].GetRawText());
        (copied.Name, copied.BatchRecords, copied.MaxAttempts).ShouldBe(("orders", 500, 5));
        (await visit.Page.ContentAsync()).ShouldNotContain(Site.Token);
    }

    [Fact]
    public async Task An_address_that_is_no_page_says_so()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync("/");
        await visit.Page.EvaluateAsync(
            "history.pushState({}, '', '/no/such/page'); dispatchEvent(new PopStateEvent('popstate'))");
        await Expect(visit.Page.GetByText("Page not found")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Expect(visit.Page.Locator("[data-pipeline=orders]")).ToBeVisibleAsync();
    }
}
