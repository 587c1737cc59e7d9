using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>A file's page: the problem and its fixes, fields beside columns, the first lines.</summary>
public sealed class FilePageTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    async Task<long> IdOfAsync(string name) =>
        await Site.NumberAsync($"SELECT max(file_id) FROM ingest.file WHERE path LIKE '%/{name}'");

    async Task<long> QuarantinedAsync(string name, string text)
    {
        Site.Put(name, text);
        while (await Site.NumberAsync($"SELECT count(*) FROM ingest.file WHERE path LIKE '%/{name}' AND status = 'quarantined'")
            == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        return await IdOfAsync(name);
    }

    static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    static ILocator Card(IPage page, string title) => page.Locator($".card:has(h2:text-is('{title}'))");

    [Fact]
    public async Task A_wrong_delimiter_is_found_and_the_reason_and_each_action_stand_once()
    {
        var id = await QuarantinedAsync("semicolons.csv", "order_id;customer;total;note\n1;Ann;1.50;x\n2;Bob;2.50;y\n");
        await using var visit = await VisitAsync();
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.OpenAsync($"/files/{id}");
        var doctor = visit.Page.Locator(".doctor");

        await Expect(doctor.Locator(".doctor-problem")).ToHaveTextAsync(
            "None of the header's names is a column of the table (does the file have a header?).");
        await Expect(doctor.Locator(".doctor-advice")).ToHaveTextAsync(
            "Set csv.delimiter to auto in pipeline orders, then retry the file."); // its other files have commas
        await Expect(visit.Page.GetByText("None of the header's names").Locator("visible=true")).ToHaveCountAsync(1);
        await Expect(Button(visit.Page, "Retry")).ToHaveCountAsync(1);
        await Expect(Button(visit.Page, "Apply and retry").First).ToHaveClassAsync(new Regex("button-primary"));
        await Expect(Button(visit.Page, "Skip")).ToHaveCountAsync(1);
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("file-doctor-light");
        await doctor.GetByRole(AriaRole.Button, new() { Name = "Copy" }).First.ClickAsync();
        (await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe("\"csv\": {\"delimiter\":\"auto\"}");
        await visit.SignInAsync();
        await visit.OpenAsync($"/files/{id}");
        await Button(visit.Page, "Skip").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Skip" }).ClickAsync();
        await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("ignored");
        await Expect(doctor).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_missing_column_is_found_and_the_file_is_retried_with_one_click_once_it_is_mended()
    {
        var id = await QuarantinedAsync("lacks-id.csv", "customer,total,note\nAnn,1.50,x\n");
        await using var visit = await VisitAsync(ColorScheme.Dark);
        await visit.SignInAsync();
        await visit.OpenAsync($"/files/{id}");
        var doctor = visit.Page.Locator(".doctor");
        await Expect(doctor.Locator(".doctor-problem")).ToHaveTextAsync("The file lacks required column order_id.");
        await Expect(doctor.Locator(".doctor-code").First)
            .ToHaveTextAsync("ALTER TABLE public.orders ALTER COLUMN order_id DROP NOT NULL;");
        await Expect(Card(visit.Page, "Header and table").Locator("tr[data-state=missing]")).ToContainTextAsync("needs a value");
        await visit.SaveScreenshotAsync("file-doctor-dark");

        await Site.ExecuteAsync("ALTER TABLE orders ALTER COLUMN order_id DROP NOT NULL");
        try
        {
            await visit.OpenAsync($"/files/{id}");
            await Expect(doctor.Locator(".doctor-advice")).ToHaveTextAsync(
                "The file can be loaded now: 1 row, 0 rejects; retry it.");
            await Button(visit.Page, "Retry").ClickAsync();
            await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
            await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("loaded");
        }
        finally
        {
            await Site.ExecuteAsync(
                $"DELETE FROM orders WHERE order_id IS NULL; ALTER TABLE orders ALTER COLUMN order_id SET NOT NULL");
        }
    }

    [Fact]
    public async Task An_option_of_a_pipeline_in_the_database_is_applied_and_the_file_loads_with_one_click()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Site.Folder, "kept")).FullName;
        await Site.ExecuteAsync("CREATE TABLE kept (id int NOT NULL, name text)");
        using var client = new HttpClient { BaseAddress = Site.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + Site.Token);
        using var added = await client.PutAsJsonAsync(
            "/api/v1/pipelines/kept/configuration", new { table = "kept", watch = new[] { folder }, settleTime = "0" },
            TestContext.Current.CancellationToken);
        added.EnsureSuccessStatusCode();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "kept.csv"), "id;name\n1;Ann\n2;Bob\n",
                TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "kept-too.csv"), "id;name\n3;Eve\n",
                TestContext.Current.CancellationToken);
            while (await Site.NumberAsync(
                "SELECT count(*) FROM ingest.file WHERE path LIKE '%/kept%.csv' AND status = 'quarantined'") < 2)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            await using var visit = await VisitAsync();
            await visit.SignInAsync();
            await visit.OpenAsync($"/files/{await IdOfAsync("kept.csv")}");
            await Expect(visit.Page.Locator("main .button-primary")).ToHaveTextAsync("Apply and retry");
            await Expect(visit.Page.Locator(".doctor-alike")).ToContainTextAsync(
                "1 other file of this pipeline is quarantined for the same reason.");
            await visit.Page.Locator(".doctor [data-remedy=options]").First.ClickAsync();
            var dialog = visit.Page.GetByRole(AriaRole.Dialog);
            await Expect(dialog).ToContainTextAsync("Set csv.delimiter to ;?");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply and retry" }).ClickAsync();
            // The files that wait for the same cure are offered at once.
            await Expect(dialog).ToContainTextAsync("Also retry 1 other file?", new() { Timeout = 60_000 });
            await visit.SaveScreenshotAsync("file-doctor-others");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Retry 1 other file" }).ClickAsync();
            await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("loaded", new() { Timeout = 60_000 });
            while (await Site.NumberAsync("SELECT count(*) FROM kept") < 3)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);

            // A retry is called a retry.
            await visit.OpenAsync($"/files/{await IdOfAsync("kept.csv")}");
            (await visit.Page.Locator(".timeline-label").AllInnerTextsAsync()).ShouldBe(
                ["Modified", "Discovered", "Claimed", "Quarantined", "Retried", "Claimed again", "Batch", "Loaded"]);
        }
        finally
        {
            using var removed = await client.DeleteAsync("/api/v1/pipelines/kept/configuration",
                TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task An_option_of_a_pipeline_in_a_file_is_written_there_and_the_file_loads_with_one_click()
    {
        var part = Path.Combine(Directory.CreateDirectory(Path.Combine(Site.Folder, "ingest.d")).FullName, "written.json");
        var folder = Directory.CreateDirectory(Path.Combine(Site.Folder, "written")).FullName;
        await Site.ExecuteAsync("CREATE TABLE written (id int NOT NULL, name text)");
        const string before = """
            { "pipelines": [
              // by hand
              { "name": "written", "watch": ["written"], "table": "written", "settleTime": "0" },
            ] }
            """;
        await File.WriteAllTextAsync(part, before, TestContext.Current.CancellationToken);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "written.csv"), "id;name\n1;Ann\n2;Bob\n",
                TestContext.Current.CancellationToken);
            while (await Site.NumberAsync(
                "SELECT count(*) FROM ingest.file WHERE path LIKE '%/written.csv' AND status = 'quarantined'") == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            await using var visit = await VisitAsync();
            await visit.SignInAsync();
            await visit.OpenAsync($"/files/{await IdOfAsync("written.csv")}");
            await Expect(visit.Page.Locator(".doctor-code").First).ToHaveTextAsync("\"csv\": {\"delimiter\":\";\"}");
            await visit.Page.Locator(".doctor [data-remedy=options]").First.ClickAsync();
            var dialog = visit.Page.GetByRole(AriaRole.Dialog);
            await Expect(dialog).ToContainTextAsync($"is written to {part}");
            await visit.SaveScreenshotAsync("file-doctor-apply");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply and retry" }).ClickAsync();
            await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("loaded", new() { Timeout = 60_000 });

            (await Site.NumberAsync("SELECT count(*) FROM written")).ShouldBe(2);
            (await File.ReadAllTextAsync(part, TestContext.Current.CancellationToken)).ShouldBe(
                before.Replace("\"0\" }", "\"0\", \"csv\": { \"delimiter\": \";\" } }", StringComparison.Ordinal));
            (await Site.TextAsync("SELECT detail FROM ingest.history WHERE kind = 'pipeline.changed' AND pipeline = 'written'"))
                .ShouldBe($"set csv.delimiter to ; in {part}");
        }
        finally
        {
            File.Delete(part);
        }
    }

    [Fact]
    public async Task Fields_stand_beside_their_columns_and_those_without_one_below()
    {
        Site.Put("extra.csv", "order_id,customer,<b>what</b>,totl\n1,Ann,x,1.50\n");
        while (await Site.NumberAsync("SELECT count(*) FROM ingest.file WHERE path LIKE '%/extra.csv' AND status = 'loaded'")
            == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        await using var visit = await VisitAsync(width: 390, height: 844);
        await visit.OpenAsync($"/files/{await IdOfAsync("extra.csv")}");
        var rows = Card(visit.Page, "Header and table").Locator("tbody tr");

        await Expect(rows.Filter(new() { HasText = "order_id" })).ToContainTextAsync("→");
        await Expect(visit.Page.Locator("tr[data-state=null]", new() { HasText = "note" })).ToContainTextAsync("no field");
        await Expect(visit.Page.Locator("tr[data-state=byPipeline]")).ToContainTextAsync("file_id");
        await Expect(visit.Page.Locator("tr[data-state=leftOut]").First).ToContainTextAsync("<b>what</b>");
        await Expect(visit.Page.Locator("tr[data-state=leftOut]").Last).ToContainTextAsync("did you mean total?");
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
        await visit.SaveScreenshotAsync("file-columns-phone");
    }

    [Fact]
    public async Task First_lines_take_the_operators_token_and_hostile_ones_stay_text()
    {
        var id = await IdOfAsync(SiteFiles.Rejected);
        await using var visit = await VisitAsync();
        await visit.OpenAsync($"/files/{id}");
        await visit.Page.Locator("#show-head").ClickAsync();
        await visit.Page.GetByLabel("Token").FillAsync(Site.Token);
        await visit.Page.Keyboard.PressAsync("Enter");
        var lines = visit.Page.Locator(".head-lines li");

        await Expect(lines.First).ToHaveTextAsync("order_id,customer,total,note");
        await Expect(lines.Nth(2)).ToContainTextAsync(SiteFiles.Script);
        await Expect(lines.Nth(3)).ToContainTextAsync("‹RLO›evil‹PDF›");
        (await lines.Nth(4).InnerTextAsync()).Length.ShouldBeLessThan(1_100); // the cell of a megabyte
        (await visit.Page.EvaluateAsync<int>(
            "document.querySelectorAll('main script, main img, main b, main [onerror]').length")).ShouldBe(0);
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("file-head-light");
    }

    [Fact]
    public async Task The_time_line_runs_from_discovered_to_loaded_over_the_batches()
    {
        await using var visit = await VisitAsync();
        await visit.OpenAsync($"/files/{await IdOfAsync("orders-002.csv")}");

        var labels = await visit.Page.Locator(".timeline-label").AllTextContentsAsync();

        labels.ShouldBe(["Modified", "Discovered", "Settled", "Claimed", "First batch", labels[^2], "Loaded"]);
        labels[^2].ShouldStartWith("Batch ");
    }
}
