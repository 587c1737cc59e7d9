using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>What an operator does: asked for the token, asked to confirm, done by the program, told in the history.</summary>
public sealed class ActionTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    [Fact]
    public async Task Pausing_asks_for_the_token_and_a_confirmation_and_is_told_in_the_history()
    {
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.OpenAsync("/pipelines/orders");
        await page.Locator("#pause").ClickAsync();
        await page.GetByLabel("Token").FillAsync(Site.Token);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Reason").FillAsync("the disk is <b>full</b>");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator(".state-line .badge")).ToHaveTextAsync("paused");
        await Expect(page.Locator("#pause")).ToHaveTextAsync("Resume");

        (await Site.NumberAsync("SELECT count(*) FROM ingest.pipeline WHERE paused")).ShouldBe(1);
        Site.AddFile("while-paused.csv", 10);

        await page.Locator("#pause").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator("#pause")).ToHaveTextAsync("Pause");
        await page.GotoAsync("/files?q=while-paused");
        await Expect(page.Locator(".files-table tbody .badge")).ToHaveTextAsync("loaded");

        await visit.OpenAsync("/history?kind=operator");
        var row = page.Locator(".history-row", new() { HasText = "the disk is <b>full</b>" });
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("by ");
    }

    [Fact]
    public async Task A_pipeline_that_nothing_runs_is_removed_from_its_page()
    {
        await Site.ExecuteAsync(
            "INSERT INTO ingest.pipeline (name, config) VALUES ('load-nope', '{\"name\": \"load-nope\", \"table\": \"nope\", "
                + "\"watch\": [\".\"]}')");
        await using var visit = await VisitAsync();
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/pipelines/load-nope");
        await Expect(page.Locator("#remove")).ToBeVisibleAsync();
        await Expect(page.Locator("#pause")).ToBeHiddenAsync(); // no silo runs it
        await page.Locator("#remove").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync(
            "Deleted from the ledger: 0 file versions of this pipeline");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Kept: 0 rows in nope");
        await page.GetByLabel("Reason").FillAsync("a mistyped table");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "load-nope is removed" })).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/$"));

        (await Site.NumberAsync("SELECT count(*) FROM ingest.pipeline WHERE name = 'load-nope'")).ShouldBe(0);
        (await Site.NumberAsync(
            "SELECT count(*) FROM ingest.history WHERE kind = 'operator.remove' AND detail LIKE '%(a mistyped table)'")).ShouldBe(
                1);
    }

    [Fact]
    public async Task A_running_pipeline_of_a_file_offers_no_removal_that_would_fail()
    {
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        await visit.OpenAsync("/pipelines/orders");
        await Expect(visit.Page.Locator("#pause")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#remove")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#edit-pipeline")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_pipeline_in_the_database_is_edited_and_removed_there()
    {
        await Site.ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config, coordinated_at) VALUES
                ('stored', '{"name": "stored", "table": "orders", "watch": ["/in-stored"]}', now() + interval '1 h');
            INSERT INTO ingest.pipeline_version (name, version, config, who) VALUES
                ('stored', 1, '{"name": "stored", "table": "orders", "watch": ["/in-stored"]}', 'ann');
            """);
        await using var visit = await VisitAsync();
        visit.ExpectsOutage = true; // the browser logs the 400
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/pipelines/stored");
        await page.Locator("#edit-pipeline").ClickAsync();
        var text = page.GetByLabel("Configuration, as in ingest.json");
        await text.FillAsync((await text.InputValueAsync()).Replace("/in-stored", "/in-other").Replace("\"table\"", "\"tabel\""));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("dialog .form-error")).ToContainTextAsync("tabel");
        await text.FillAsync((await text.InputValueAsync()).Replace("\"tabel\"", "\"table\""));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "stored is saved" })).ToBeVisibleAsync();
        (await Site.NumberAsync(
            "SELECT count(*) FROM ingest.pipeline_version WHERE name = 'stored' AND version = 2 AND config::text LIKE "
                + "'%in-other%'"))
            .ShouldBe(1);

        await page.Locator("#remove").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("The configuration is removed from the database");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.Locator("#edit-pipeline")).ToBeHiddenAsync();
        (await Site.NumberAsync(
            "SELECT count(*) FROM ingest.pipeline_version WHERE name = 'stored' AND version = 3 AND config IS NULL"))
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_in_the_dialog_and_nothing_is_done()
    {
        await using var visit = await VisitAsync();
        visit.ExpectsOutage = true; // the browser logs the 401
        const string acts = "SELECT count(*) FROM ingest.history WHERE kind LIKE 'operator.%'";
        var before = await Site.NumberAsync(acts);
        await visit.OpenAsync("/pipelines/orders");
        await visit.Page.Locator("#pause").ClickAsync();
        await visit.Page.GetByLabel("Token").FillAsync("wrong");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("dialog .form-error")).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
        (await Site.NumberAsync(acts)).ShouldBe(before);
    }

    [Fact]
    public async Task The_token_in_the_programs_link_signs_in_and_leaves_the_address_bar()
    {
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        visit.Page.Url.ShouldNotContain("token");
        await visit.Page.Locator("#session-button").ClickAsync();
        await Expect(visit.Page.Locator("#session-button")).ToContainTextAsync("Sign in");
    }

    [Fact]
    public async Task A_quarantined_file_is_skipped_from_its_own_page()
    {
        Site.Put("to-skip.csv", "nothing,fits\n1,2\n");
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/files?q=to-skip");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("quarantined");
        await visit.Page.Locator(".files-table tbody .file-name a").ClickAsync();
        await visit.Page.Locator("[data-action=skip]").ClickAsync();
        await visit.Page.GetByLabel("Reason").FillAsync("sent by mistake");
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Skip" }).ClickAsync();
        await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("ignored");
        await Expect(visit.Page.Locator(".history-row", new() { HasText = "sent by mistake" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_loaded_file_is_loaded_again_from_the_list()
    {
        Site.AddFile("to-replay.csv", 20);
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/files?q=to-replay");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("loaded");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Actions", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Load again" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("delete them first to avoid duplicates");
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Load again" }).ClickAsync();
        await Expect(visit.Page.Locator(".toast", new() { HasText = "loaded again" })).ToBeVisibleAsync();
        await visit.Page.GotoAsync("/history?kind=operator&q=to-replay");
        await Expect(visit.Page.Locator(".history-row", new() { HasText = "operator.replay" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_loaded_file_is_replaced_and_undone_and_the_page_counts_first()
    {
        Site.AddFile("to-replace.csv", 20);
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/files?q=to-replace");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("loaded");
        var first = await Site.NumberAsync("SELECT file_id FROM ingest.file WHERE path LIKE '%/to-replace.csv'");
        await visit.Page.Locator(".files-table tbody .file-name a").ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);

        await visit.Page.Locator("[data-action=replace]").ClickAsync();
        await Expect(dialog).ToContainTextAsync(
            "The file will be loaded again as version 2; 20 rows are removed from the table in the transaction that adds "
                + "the new ones.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replace" }).ClickAsync();
        await Expect(visit.Page.Locator(".toast", new() { HasText = "will replace the old ones" })).ToBeVisibleAsync();
        const string SecondIsLoaded =
            "SELECT count(*) FROM ingest.file WHERE path LIKE '%/to-replace.csv' AND version = 2 AND status = 'loaded'";
        while (await Site.NumberAsync(SecondIsLoaded) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        var second = await Site.NumberAsync("SELECT max(file_id) FROM ingest.file WHERE path LIKE '%/to-replace.csv'");
        await Expect(visit.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/files/{second}\\b"));
        await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("loaded");
        (await Site.NumberAsync($"SELECT count(*) FROM orders WHERE file_id = {first}")).ShouldBe(0);

        await visit.Page.Locator("[data-action=undo]").ClickAsync();
        await Expect(dialog).ToContainTextAsync("would be undone: 20 rows are removed from orders");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(visit.Page.Locator(".state-line .badge")).ToHaveTextAsync("ignored");
        (await Site.NumberAsync(
            "SELECT count(*) FROM orders WHERE file_id IN (SELECT file_id FROM ingest.file WHERE path LIKE "
                + "'%/to-replace.csv')")).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_with_open_rejects_has_their_replay_as_its_main_action()
    {
        // Other tests count the files with rejects of the common site.
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var site = await Site.StartAsync(database, database.ConnectionString);
        site.AddRecords("open-rejects.csv", "601,Zoe,1.00,fine", "602,Zoe,not a number,x", "603,Zoe,no number either,x");
        site.AddRecords("all-wrong.csv", "604,Zoe,not a number,x");
        await using var visit = await VisitAsync(site);
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/files?q=open-rejects");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("loaded with rejects");
        await visit.Page.Locator(".files-table tbody .file-name a").ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);

        await Expect(visit.Page.Locator("main .button-primary")).ToHaveTextAsync("Replay 2 rejects");
        (await visit.Page.Locator(".page-actions button").AllInnerTextsAsync()).ShouldBe(
            ["Replay 2 rejects", "Replace", "Undo", "Load again"]);
        await visit.SaveScreenshotAsync("file-with-rejects");
        await visit.Page.Locator("[data-action=replay-rejects]").ClickAsync();
        await Expect(dialog).ToContainTextAsync("None of 2 rejects would load now.");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Locator("[data-action=replay]").ClickAsync();
        await Expect(dialog).ToContainTextAsync("delete them first to avoid duplicates");
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.Page.GotoAsync("/files?q=all-wrong");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("every record rejected");
        await visit.Page.Locator(".files-table tbody .file-name a").ClickAsync();
        await visit.Page.Locator("[data-action=replay]").ClickAsync();
        await Expect(dialog).ToContainTextAsync("None of its records became a row");
        await Expect(dialog).Not.ToContainTextAsync("duplicates");
    }

    [Fact]
    public async Task A_rejected_record_is_replayed_once_its_rule_is_gone()
    {
        Site.AddRecords("to-mend.csv", "77,Zoe,5000000.00,too much for the rule");
        await using var visit = await VisitAsync();
        await visit.SignInAsync();
        await visit.Page.GotoAsync("/files?q=to-mend");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("every record rejected");
        await Site.ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT IF EXISTS total_is_known");
        await visit.Page.GotoAsync("/rejects?view=records&status=any&q=too+much+for+the+rule");
        await visit.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Page.Locator("#replay").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(visit.Page.Locator(".reject .badge", new() { HasText = "replayed" })).ToHaveCountAsync(1);
        (await Site.NumberAsync("SELECT count(*) FROM orders WHERE order_id = 77 AND total = 5000000")).ShouldBe(1);
        await visit.Page.GotoAsync("/files?q=to-mend");
        await Expect(visit.Page.Locator(".files-table tbody .badge")).ToHaveTextAsync("loaded");
    }
}
