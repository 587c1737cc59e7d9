using System.Text;
using Microsoft.Playwright;
using OrleansIngest.Testing;
using static Microsoft.Playwright.Assertions;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>A file is dropped or chosen, looked at, and loaded once or made a pipeline of; its rows
/// say where they came from.</summary>
public sealed class DropTests(BrowserFixture fixture) : BrowserTest(fixture)
{
    const string Hostile =
        "id;<b>name</b>;\u202Enote\n1;<script>document.title='owned'</script>;a\n2;<img src=x onerror=alert(1)>;b\n3;x;c\n";

    [Fact]
    public async Task File_that_is_chosen_becomes_a_new_table_whose_rows_say_where_they_came_from()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.OpenAsync("/drop");
        await Expect(page.Locator(".drop-zone")).ToContainTextAsync("At most 1 GiB.");
        await visit.ShouldBeAccessibleAsync();
        await page.Locator("#drop-file").SetInputFilesAsync(File("Shops <b>.csv", Hostile));
        await page.GetByLabel("Token").FillAsync(Site.Token); // the token is asked for when it is needed
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".drop-table h2")).ToHaveTextAsync("New table");
        await Expect(page.GetByLabel("Load into")).ToHaveValueAsync("shops_b");
        await Expect(page.Locator(".drop-table .sql")).ToContainTextAsync("CREATE TABLE public.shops_b (");
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".data-table thead th").Nth(3)).ToContainTextAsync("‹RLO›note");
        await Expect(page.Locator(".fact:has(dt:text-is('Delimiter'))")).ToContainTextAsync(";");
        await InertAsync(visit);
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("drop-new-light");

        await page.GetByLabel("Load into").FillAsync("shops");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".drop-table .sql")).ToContainTextAsync("CREATE TABLE public.shops (");
        await page.ReloadAsync(); // the address keeps the file
        await Expect(page.Locator(".drop-table h2")).ToHaveTextAsync("New table");
        await page.GetByLabel("Load into").FillAsync("shops");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".drop-table .sql")).ToContainTextAsync("public.shops (");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Loaded");
        await Expect(page.Locator(".drop-load p")).ToHaveTextAsync(
            "3 rows loaded into public.shops, 0 records rejected, 0 lines skipped.");
        await visit.ShouldBeAccessibleAsync();
        (await site.NumberAsync("SELECT count(*) FROM shops")).ShouldBe(3);

        await page.GetByRole(AriaRole.Link, new() { Name = "Rows of the table" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Data");
        var rows = page.Locator(".data-table tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.First.Locator(".data-from")).ToContainTextAsync("Shops <b>.csv");
        await Expect(rows.First.Locator(".data-line")).ToHaveTextAsync("line 4");
        await InertAsync(visit);
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("data-light");
        await rows.First.Locator(".data-from a").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Shops <b>.csv");
        await page.Locator(".fact:has(dt:text-is('Rows loaded'))").Locator("a").ClickAsync();
        await Expect(page.Locator(".data-note").First).ToContainTextAsync("3 rows of public.shops, in the order of the file");
        await Expect(page.Locator(".data-table tbody tr").First.Locator(".data-line")).ToHaveTextAsync("line 2");
    }

    [Fact]
    public async Task File_that_is_dropped_shows_how_it_fits_the_table_and_is_loaded_once()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        await DropAsync(page, "orders.csv", "order_id,client,total,note\n1,Ann,1.50,x\n2,Bob,many,y\n3,Eve,2.50,z\n");

        await Expect(page.Locator(".drop-table h2")).ToHaveTextAsync("Table");
        await Expect(page.Locator(".drop-table")).ToContainTextAsync("are those of pipeline orders, which loads this table");
        await Expect(page.Locator(".drop-verdict")).ToHaveTextAsync(
            "2 rows would be loaded, 1 record rejected, 0 lines skipped. Nothing was written.");
        await Expect(page.Locator(".drop-table .reject")).ToContainTextAsync("line 3");
        await Expect(page.Locator(".drop-table .bad-field")).ToHaveTextAsync("many");
        var columns = page.Locator(".columns-table tbody tr");
        await Expect(page.GetByLabel("Column for order_id")).ToHaveValueAsync("order_id");
        await Expect(page.GetByLabel("Column for client")).ToHaveValueAsync("");
        await Expect(columns.Nth(1)).ToContainTextAsync("not loaded");
        await Expect(page.Locator(".card", new() { HasText = "Columns without a field stay NULL" }).Locator("code",
            new() { HasText = "customer" })).ToBeVisibleAsync();
        await visit.ShouldBeAccessibleAsync();
        await visit.SaveScreenshotAsync("drop-existing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Loaded");
        await page.GetByRole(AriaRole.Link, new() { Name = "1 reject" }).ClickAsync();
        await Expect(page.Locator(".reject .bad-field")).ToHaveTextAsync("many");

        await visit.OpenAsync("/drop");
        await DropAsync(page, "copy.csv", "order_id,client,total,note\n1,Ann,1.50,x\n2,Bob,many,y\n3,Eve,2.50,z\n");
        await page.GetByLabel("Load into").FillAsync("orders");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".drop-earlier")).ToContainTextAsync("orders.csv of pipeline drop-public-orders, 2 rows");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Already loaded");
        (await site.NumberAsync("SELECT count(*) FROM orders")).ShouldBe(2);
    }

    [Fact]
    public async Task Field_gets_a_column_and_values_are_read_as_they_are_written()
    {
        await using var site = await SiteAsync();
        await site.ExecuteAsync("CREATE TABLE stock (sku text NOT NULL, qty int NOT NULL, price numeric, since date)");
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        await DropAsync(page, "stock.csv", "sku;quantity;price;since\nA;3;1.234,50;31.12.2025\nB;4;7;13.02.2026\n");

        await Expect(page.Locator(".drop-table .drop-refusal")).ToContainTextAsync("qty");
        var columns = page.Locator(".card", new() { HasText = "Values look like" });
        await Expect(columns.Locator(".drop-refusal")).ToHaveTextAsync(
            "Column qty needs a value, and no field fills it. Choose a column for one of the fields.");
        await Expect(page.GetByLabel("Column for sku")).ToHaveValueAsync("sku");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Load once" })).ToBeDisabledAsync();
        (await page.Locator("main").InnerTextAsync()).ShouldNotContain("--"); // no option of the command line
        await visit.ShouldBeAccessibleAsync();
        await page.GetByLabel("Column for quantity").SelectOptionAsync("qty");
        await Expect(page.Locator(".drop-verdict")).ToContainTextAsync("0 rows would be loaded, 2 records rejected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Read them as numbers" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Read them as dates" }).ClickAsync();
        await Expect(page.Locator(".drop-verdict")).ToContainTextAsync("2 rows would be loaded, 0 records rejected");
        await Expect(page.GetByLabel("Numbers", new() { Exact = true })).ToHaveValueAsync("commaPoints");
        await Expect(page.GetByLabel("Dates such as")).ToHaveValueAsync("dmy");
        await Expect(page.GetByLabel("Column for quantity")).ToHaveValueAsync("qty");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create a pipeline" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Locator("pre")).ToContainTextAsync("\"quantity\": \"qty\"");
        await Expect(page.GetByRole(AriaRole.Dialog).Locator("pre")).ToContainTextAsync("\"dateOrder\": \"dmy\"");
        await page.Keyboard.PressAsync("Escape");
        await visit.SaveScreenshotAsync("drop-chosen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();

        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Loaded");
        (await site.TextAsync("SELECT string_agg(concat_ws(' ', sku, qty, price, since), ', ' ORDER BY sku) FROM stock"))
            .ShouldBe("A 3 1234.50 2025-12-31, B 4 7 2026-02-13");
    }

    [Fact]
    public async Task Dropped_files_make_no_pipeline_for_people()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        await page.Locator("#drop-file").SetInputFilesAsync(File("visits.csv", "id;page\n1;/\n"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Loaded");

        await visit.OpenAsync("/drop"); // a file without lines has records
        await page.Locator("#drop-file").SetInputFilesAsync(Repository.Path("data/samples/events.parquet"));
        await Expect(page.Locator(".data-table th").First).ToHaveTextAsync("Record");
        await Expect(page.Locator(".data-table td").First).ToHaveTextAsync("1");

        await visit.OpenAsync("/");
        await Expect(page.Locator(".pipelines-table tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#nav")).ToContainTextAsync("orders");
        await Expect(page.Locator("#nav")).Not.ToContainTextAsync("drop-");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("pause");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Pause orders" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "drop-" })).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await visit.OpenAsync("/configuration");
        await Expect(page.Locator("[data-configuration]")).ToHaveCountAsync(1);
        await visit.OpenAsync("/files");
        await page.GetByLabel("Pipeline").SelectOptionAsync(new SelectOptionValue { Label = "public.visits, dropped files" });
        await Expect(page.Locator(".file-folder")).ToHaveTextAsync("uploaded");
    }

    [Fact]
    public async Task Pipeline_is_made_of_a_file_and_loads_the_next_one()
    {
        await using var site = await SiteAsync();
        using var folder = new TempDirectory();
        await using var visit = await VisitAsync(site);
        visit.ExpectsOutage = true; // the browser logs the answers 400
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        await page.Locator("#drop-file").SetInputFilesAsync(File("visits.csv", "id;page\n1;/\n"));
        await page.GetByLabel("Load into").FillAsync("my.visits.x");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".drop-table .form-error")).ToContainTextAsync("must be the name of a table");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create a pipeline" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("visits");
        await Expect(dialog.GetByLabel("Only files with these names")).ToHaveValueAsync("*.csv");
        await dialog.GetByLabel("Directory to watch").FillAsync("relative/in");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create the pipeline" }).ClickAsync();
        await Expect(dialog.Locator(".form-error")).ToContainTextAsync("must be absolute");
        await visit.ShouldBeAccessibleAsync();
        await dialog.GetByLabel("Directory to watch").FillAsync(folder.Path);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create the pipeline" }).ClickAsync();
        await Expect(page.Locator(".toast", new() { HasText = "Pipeline visits is created" })).ToBeVisibleAsync();

        await Expect(page.Locator("#nav").GetByText("visits")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("visits"); // its own page
        page.Url.ShouldEndWith("/pipelines/visits");
        folder.Write("next.csv", "id;page\n2;/about\n");
        await site.WaitForFilesAsync(1);
        (await site.NumberAsync("SELECT count(*) FROM visits WHERE id = 2 AND page = '/about' AND line = 2")).ShouldBe(1);
    }

    [Fact]
    public async Task Node_that_is_killed_between_upload_and_load_leaves_nothing()
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site);
        visit.ExpectsOutage = true;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        await visit.Page.Locator("#drop-file").SetInputFilesAsync(File("shops.csv", "id\n1\n"));
        await Expect(visit.Page.Locator(".drop-table h2")).ToHaveTextAsync("New table");
        Directory.GetDirectories(site.Uploads).Length.ShouldBe(1);

        await site.KillProgramAsync();
        await site.RunAsync();

        Directory.GetDirectories(site.Uploads).ShouldBeEmpty();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(visit.Page.Locator(".toast", new() { HasText = "Drop the file again." })).ToBeVisibleAsync();
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.GetByText("This upload no longer exists")).ToBeVisibleAsync();
        (await site.NumberAsync("SELECT count(*) FROM ingest.file")).ShouldBe(0);
        (await site.NumberAsync("SELECT count(*) FROM pg_tables WHERE tablename = 'shops'")).ShouldBe(0);
    }

    [Fact]
    public async Task Data_shows_long_and_hostile_values_and_hides_rows_from_who_has_no_token()
    {
        await using var site = await SiteAsync();
        site.AddRecords("long.csv", $"1,{SiteFiles.Script},1.5,{new string('y', 5_000)}end");
        await site.WaitForFilesAsync(1);
        await using var visit = await VisitAsync(site);
        var page = visit.Page;
        visit.ExpectsOutage = true; // the browser logs the answer 401
        await page.GotoAsync("/data?pipeline=orders");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Rows of tables require");
        await visit.SignInAsync();
        await visit.OpenAsync("/data");
        await Expect(page.GetByLabel("Pipeline")).ToHaveValueAsync("orders"); // the first
        var row = page.Locator(".data-table tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync(SiteFiles.Script);
        (await row.InnerTextAsync()).Length.ShouldBeLessThan(1_000);
        await row.GetByRole(AriaRole.Button, new() { Name = "Show all of note" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Locator(".data-whole")).ToContainTextAsync("yend");
        await visit.ShouldBeAccessibleAsync();
        await InertAsync(visit);
    }

    [Fact]
    public async Task Data_says_that_a_table_does_not_exist_yet_and_keeps_paths_readable()
    {
        await using var site = await SiteAsync();
        var columns = string.Join(", ", Enumerable.Range(1, 12).Select(n => $"c{n} text DEFAULT 'some text'"));
        var path = "/data/in/a-rather-long-directory/orders-2026-01-03-10-11-12.csv";
        await site.ExecuteAsync(
            $$"""
            INSERT INTO ingest.pipeline (name, config) VALUES
                ('absent', '{"name": "absent", "table": "absent", "watch": ["/in"]}'),
                ('wide', '{"name": "wide", "table": "wide", "watch": ["/in"]}');
            CREATE TABLE wide (id int, {{columns}}, src_file text);
            INSERT INTO wide (id, src_file) VALUES (1, '{{path}}');
            """);
        await using var visit = await VisitAsync(site, ColorScheme.Light, 1024);
        var page = visit.Page;
        visit.ExpectsOutage = true; // the browser logs the answer 404
        await visit.SignInAsync();
        await visit.OpenAsync("/data?pipeline=absent");
        await Expect(page.Locator(".state h2")).ToHaveTextAsync("No rows");
        await Expect(page.Locator(".state")).ToContainTextAsync("its table does not exist yet");
        await page.GetByLabel("Pipeline").SelectOptionAsync("wide");
        var cell = page.Locator(".data-table td", new() { HasText = path });
        (await cell.EvaluateAsync<double>("cell => cell.getBoundingClientRect().width")).ShouldBeGreaterThan(250);
        (await cell.EvaluateAsync<double>("cell => cell.getBoundingClientRect().height")).ShouldBeLessThan(70);
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 1024)]
    [InlineData(ColorScheme.Dark, 1024)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Pages_fit_their_screen(ColorScheme colors, int width)
    {
        await using var site = await SiteAsync();
        await using var visit = await VisitAsync(site, colors, width);
        var page = visit.Page;
        await visit.SignInAsync();
        await visit.OpenAsync("/drop");
        var wide = string.Join(',', Enumerable.Range(1, 40).Select(n => $"a long name of column {n}"));
        await page.Locator("#drop-file").SetInputFilesAsync(
            File("wide.csv", $"{wide}\n{string.Join(',', Enumerable.Range(1, 40))}\n"));
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await FitsAsync(visit);
        (await page.Locator(".columns-box").EvaluateAsync<int>("box => box.scrollWidth - box.clientWidth"))
            .ShouldBeLessThanOrEqualTo(0, "columns of the list are cut off");
        await visit.SaveScreenshotAsync($"drop-{colors.ToString().ToLowerInvariant()}-{width}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load once" }).ClickAsync();
        await Expect(page.Locator(".drop-load h2")).ToHaveTextAsync("Loaded");
        await FitsAsync(visit);
        await page.GetByRole(AriaRole.Link, new() { Name = "Rows of the table" }).ClickAsync();
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await FitsAsync(visit);
        await visit.SaveScreenshotAsync($"data-{colors.ToString().ToLowerInvariant()}-{width}");
    }

    static async Task FitsAsync(Visit visit)
    {
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
        await visit.ShouldBeAccessibleAsync();
    }

    static async Task InertAsync(Visit visit)
    {
        (await visit.Page.EvaluateAsync<int>(
            "document.querySelectorAll('main script, main img, main b, main [onerror]').length")).ShouldBe(0);
        (await visit.Page.TitleAsync()).ShouldNotBe("owned");
    }

    static FilePayload File(string name, string text) =>
        new() { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) };

    /// <summary>As a hand with a mouse does it: the file lies in the event.</summary>
    static async Task DropAsync(IPage page, string name, string text)
    {
        var transfer = await page.EvaluateHandleAsync(
            "([name, text]) => { const data = new DataTransfer(); data.items.add(new File([text], name, { type: 'text/csv' })); "
                + "return data; }", new[] { name, text });
        await page.DispatchEventAsync(".drop-zone", "dragover", new { dataTransfer = transfer });
        await Expect(page.Locator(".drop-zone")).ToHaveAttributeAsync("data-over", "true");
        await page.DispatchEventAsync(".drop-zone", "drop", new { dataTransfer = transfer });
    }

    static async Task<Site> SiteAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        return await Site.StartAsync(database, database.ConnectionString);
    }
}
