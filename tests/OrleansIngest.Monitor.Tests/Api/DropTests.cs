using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Files that are brought over HTTP: looked at, and loaded once.</summary>
public sealed class DropTests : IAsyncLifetime
{
    const string Orders = "id;customer;total\n1;Ann;1.50\n2;Bob;2.50\n3;Eve;x\n";

    TestDatabase _database = null!;
    MonitorProcess _monitor = null!;
    HttpClient _operator = null!;

    string Uploads => Path.Combine(_monitor.Folder, ".ingest", "uploads");

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _monitor = await MonitorProcess.StartAsync(_database.ConnectionString);
        _operator = _monitor.Client(MonitorProcess.OperatorToken);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _monitor.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task New_file_is_looked_at_and_loaded_into_a_new_table_with_its_origin()
    {
        var drop = await UploadAsync("Orders-2026-01-03.csv", "id;name\n1;Ann\n2;\n");
        var report = await CheckAsync(drop);

        report.GetProperty("format").GetString().ShouldBe("csv");
        report.GetProperty("delimiter").GetString().ShouldBe(";");
        report.GetProperty("table").GetString().ShouldBe("public.orders");
        report.GetProperty("exists").GetBoolean().ShouldBeFalse();
        report.GetProperty("columns").EnumerateArray().Select(c => $"{c.GetProperty("name")} {c.GetProperty("sqlType")}")
            .ShouldBe(["id bigint", "name text"]);
        report.GetProperty("records")[0].GetProperty("values").EnumerateArray().Select(v => v.GetString()).ShouldBe(["1", "Ann"]);
        report.GetProperty("records")[1].GetProperty("values")[1].ValueKind.ShouldBe(JsonValueKind.Null);
        report.GetProperty("createTable").GetString()!.ReplaceLineEndings("\n").ShouldBe(
            "CREATE TABLE public.orders (\n    id      bigint,\n    name    text,\n    file_id bigint,\n    line    bigint\n);");
        (await NumberAsync("SELECT count(*) FROM pg_tables WHERE tablename = 'orders'")).ShouldBe(0); // looking writes nothing

        var loaded = await LoadAsync(drop);

        loaded.GetProperty("state").GetString().ShouldBe("loaded");
        loaded.GetProperty("rows").GetInt64().ShouldBe(2);
        loaded.GetProperty("bytes").GetInt64().ShouldBe(17);
        (await TextAsync("SELECT string_agg(concat_ws(',', id, name, line), ' ' ORDER BY id) FROM orders")).ShouldBe(
            "1,Ann,2 2,3");
        (await NumberAsync(
            "SELECT count(*) FROM orders o JOIN ingest.file f USING (file_id) WHERE f.status = 'loaded' AND f.path LIKE "
                + "'%/Orders-2026-01-03.csv'")).ShouldBe(2);
        Directory.GetDirectories(Uploads).ShouldBeEmpty(); // deleted once it is loaded
        (await TextAsync("SELECT who || ': ' || detail FROM ingest.history WHERE kind = 'operator.drop'")).ShouldBe(
            "operator (http, 127.0.0.1): Orders-2026-01-03.csv into public.orders: loaded");
        var pipeline = await _monitor.GetAsync("/pipelines/drop-public-orders");
        pipeline.GetProperty("status").GetString().ShouldBe("idle"); // no silo has to have it
    }

    [Fact]
    public async Task Existing_table_shows_mapping_differences_and_what_would_be_rejected()
    {
        await ExecuteAsync("CREATE TABLE orders (id bigint NOT NULL, total numeric, note text, at timestamptz DEFAULT now())");
        var drop = await UploadAsync("orders.csv", Orders);

        var report = await CheckAsync(drop);

        report.GetProperty("exists").GetBoolean().ShouldBeTrue();
        report.GetProperty("createTable").ValueKind.ShouldBe(JsonValueKind.Null);
        var check = report.GetProperty("check");
        (check.GetProperty("good").GetInt64(), check.GetProperty("rejected").GetInt64()).ShouldBe((2, 1));
        check.GetProperty("mapping").EnumerateArray().Select(
            m => $"{m.GetProperty("field")} {m.GetProperty("name")} {m.GetProperty("column")} {m.GetProperty("type")}")
            .ShouldBe(["1 id id bigint", "3 total total numeric"]);
        check.GetProperty("note").GetProperty("leftOut")[0].GetProperty("name").GetString().ShouldBe("customer");
        check.GetProperty("note").GetProperty("unfilled").EnumerateArray().Select(c => c.GetString()).ShouldBe(["note"]);
        var reject = check.GetProperty("rejects")[0];
        (reject.GetProperty("line").GetInt64(), reject.GetProperty("column").GetString(),
            reject.GetProperty("rawRecord").GetString()).ShouldBe((4, "total", "3;Eve;x"));
        reject.GetProperty("detail").GetString()!.ShouldContain("\"x\"");
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(0);

        var loaded = await LoadAsync(drop);

        (loaded.GetProperty("rows").GetInt64(), loaded.GetProperty("rejected").GetInt64()).ShouldBe((2, 1));
        var rejects = await _monitor.GetAsync($"/rejects?fileId={loaded.GetProperty("fileId")}");
        rejects.GetProperty("items")[0].GetProperty("line").GetInt64().ShouldBe(4);
    }

    [Fact]
    public async Task File_that_does_not_bind_shows_its_pairs_and_loads_with_a_chosen_column()
    {
        await ExecuteAsync(
            "CREATE TABLE stock (sku text NOT NULL, name text, qty int NOT NULL, price numeric, site text DEFAULT 'x')");
        var text = "sku,name,quantity,price,colour\nA,Ann,3,1.5,red\n";
        var drop = await UploadAsync("stock.csv", text);

        var report = await CheckAsync(drop);
        using var checkedAgain = await PostAsync($"/drops/{Id(drop)}/check",
            new { columns = new Dictionary<string, string> { ["#3"] = "qty" } });
        var bound = await checkedAgain.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using var load = await PostAsync($"/drops/{Id(drop)}/load",
            new { columns = new Dictionary<string, string> { ["#3"] = "qty" } });
        var loaded = await EndAsync(_operator, Id(drop));

        report.GetProperty("refusal").GetString()!.ShouldContain("qty");
        Pairs(report).ShouldBe(
        [
            "1 sku filled", "2 name filled", "- qty missing", "4 price filled", "- site default", "3 - leftOut", "5 - leftOut",
        ]);
        bound.GetProperty("refusal").ValueKind.ShouldBe(JsonValueKind.Null);
        bound.GetProperty("check").GetProperty("good").GetInt64().ShouldBe(1);
        Pairs(bound)[2].ShouldBe("3 qty filled");
        // A pipeline is made of the same choice, under the name of the field.
        bound.GetProperty("suggestion").GetProperty("columns").ToString().ReplaceLineEndings("").Replace(" ", "",
            StringComparison.Ordinal).ShouldBe("""{"quantity":"qty"}""");
        loaded.GetProperty("state").GetString().ShouldBe("loaded", loaded.ToString());
        (await TextAsync("SELECT concat_ws(' ', sku, name, qty, price, site) FROM stock")).ShouldBe("A Ann 3 1.5 x");
        // A choice that does not bind is shown as it was made.
        using var wrong = await PostAsync($"/drops/{Id(await UploadAsync("stock.csv", text + "C,C,1,1,red\n"))}/check",
            new { columns = new Dictionary<string, string> { ["#5"] = "name" } });
        Pairs(await wrong.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))[1].ShouldBe(
            "5 name filled");
        // The next file has its own columns.
        Pairs(await CheckAsync(await UploadAsync("stock.csv", text + "B,Bob,4,1,red\n")))[2].ShouldBe("- qty missing");
    }

    [Fact]
    public async Task Load_that_was_interrupted_continues_with_the_choices_with_which_it_began()
    {
        const string Text = "sku,quantity,day\nA,3,31.12.2025\n";
        var folder = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
        await ExecuteAsync(
            $$"""
            CREATE TABLE stock (sku text, qty int NOT NULL, day date);
            INSERT INTO ingest.pipeline (name, config) VALUES ('drop-public-stock',
                '{"name": "drop-public-stock", "table": "public.stock", "columns": {"#2": "qty"}, "csv": {"dateOrder": "dmy"} }');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                VALUES ('drop-public-stock', '/elsewhere/{{folder}}/stock.csv', 1, 0, 0, 0, 'failed');
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected, rows_skipped, epoch, node, lane, read_us, wait_us, copy_us, commit_us)
                SELECT file_id, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 'n', 0, 0, 0, 0, 0 FROM ingest.file
            """);
        var drop = await UploadAsync("stock.csv", Text);

        var report = await CheckAsync(drop);
        using var same = await PostAsync($"/drops/{Id(drop)}/check", new { csv = new { dateOrder = "dmy" } });
        using var other = await PostAsync($"/drops/{Id(drop)}/check", new { csv = new { dateOrder = "mdy" } });
        using var load = await PostAsync($"/drops/{Id(drop)}/load",
            new { columns = new Dictionary<string, string> { ["#2"] = "sku" } });
        var another = await CheckAsync(await UploadAsync("stock.csv", Text + "B,4,01.02.2026\n"));

        (Pairs(report)[1], report.GetProperty("check").GetProperty("good").GetInt64()).ShouldBe(("2 qty filled", 1));
        same.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Problem.OfAsync(other, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("as it began");
        await Problem.OfAsync(load, HttpStatusCode.Conflict);
        Pairs(another)[1].ShouldBe("- qty missing");
    }

    [Fact]
    public async Task Dates_numbers_and_nulls_are_read_as_the_operator_says()
    {
        var drop = await UploadAsync("staff.csv", "id;born;salary;note\n1;31.12.1980;1.234,10;N/A\n2;01.02.1990;7;x\n");
        var csv = new { dateOrder = "dmy", @decimal = ",", thousands = ".", nullValues = new[] { "", "N/A" } };

        var report = await CheckAsync(drop);
        using var checkedAgain = await PostAsync($"/drops/{Id(drop)}/check", new { csv });
        var read = await checkedAgain.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using var load = await PostAsync($"/drops/{Id(drop)}/load", new { csv });
        var loaded = await EndAsync(_operator, Id(drop));

        report.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("setting").GetString())
            .ShouldBe([null, "dateOrder", "decimalAndThousands", null]);
        read.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("sqlType").GetString())
            .ShouldBe(["bigint", "date", "numeric", "text"]);
        var suggested = read.GetProperty("suggestion").GetProperty("csv");
        (suggested.GetProperty("dateOrder").GetString(), suggested.GetProperty("decimal").GetString()).ShouldBe(("dmy", ","));
        loaded.GetProperty("state").GetString().ShouldBe("loaded", loaded.ToString());
        (await TextAsync("SELECT string_agg(concat_ws(' ', born, salary, note), ', ' ORDER BY id) FROM staff"))
            .ShouldBe("1980-12-31 1234.10, 1990-02-01 7 x");
    }

    [Theory]
    [InlineData("""{"columns": {"#0": "id"}}""", "columns")]
    [InlineData("""{"columns": {"name": "id"}}""", "columns")]
    [InlineData("""{"columns": {"#1": "a\u0000b"}}""", "columns")]
    [InlineData("""{"csv": {"decimal": "x"}}""", "csv.decimal")]
    [InlineData("""{"csv": {"decimal": ",", "thousands": ","}}""", "csv.thousands")]
    [InlineData("""{"csv": {"delimiter": "\u0000"}}""", "csv.delimiter")]
    [InlineData("""{"csv": {"headerLines": 99}}""", "csv.headerLines")]
    [InlineData("""{"csv": {"nullValues": ["\u0000"]}}""", "csv.nullValues")]
    public async Task Choices_that_cannot_be_are_refused(string body, string name)
    {
        var drop = await UploadAsync("orders.csv", "id\n1\n");
        foreach (var verb in new[] { "check", "load" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var refused = await _operator.PostAsync($"/api/v1/drops/{Id(drop)}/{verb}", content,
                TestContext.Current.CancellationToken);
            (await Problem.OfAsync(refused, HttpStatusCode.BadRequest)).ErrorsOf(name).Single().ShouldStartWith("must");
        }
    }

    [Fact]
    public async Task Column_for_the_path_stores_the_name_of_an_upload_and_nobody_is_alerted()
    {
        await ExecuteAsync(
            """
            CREATE TABLE orders (id bigint, src text);
            INSERT INTO ingest.pipeline (name, config) VALUES ('shop',
                '{"name": "shop", "table": "orders", "watch": ["/data/in"], "metadata": {"src": "{path}"}}')
            """);

        var loaded = await LoadAsync(await UploadAsync("Orders of May.csv", "id,surplus\n1,2\nx,3\n"), "orders");
        var again = await LoadAsync(await UploadAsync("copy.csv", "id,surplus\n1,2\nx,3\n"), "orders");

        loaded.GetProperty("rows").GetInt64().ShouldBe(1);
        again.GetProperty("state").GetString().ShouldBe("repeated"); // it is known by its path and content as before
        (await TextAsync("SELECT src FROM orders")).ShouldBe("Orders of May.csv");
        (await TextAsync("SELECT path FROM ingest.file ORDER BY file_id LIMIT 1"))!.ShouldStartWith(Uploads);
        (await TextAsync(
            "SELECT concat_ws(' ', config->'alerts'->>'drift', config->'alerts'->>'rejectFilePercent', "
                + "config->'alerts'->>'quarantined') FROM ingest.pipeline WHERE name = 'drop-public-orders'")).ShouldBe("0 0 0");
        // The newest rows of the table have it too.
        var sample = await _operator.GetFromJsonAsync<JsonElement>("/api/v1/rows?pipeline=shop",
            TestContext.Current.CancellationToken);
        (sample.GetProperty("order").GetString(), sample.GetProperty("rows").GetArrayLength()).ShouldBe(("newestFiles", 1));
    }

    [Fact]
    public async Task Pipeline_of_the_table_gives_its_columns_rules_and_values()
    {
        await ExecuteAsync(
            """
            CREATE TABLE orders (id bigint, amount numeric, src bigint);
            INSERT INTO ingest.pipeline (name, config) VALUES ('shop',
                '{"name": "shop", "table": "orders", "watch": ["/data/in"], "columns": {"total": "amount"},
                  "csv": {"decimal": ","}, "metadata": {"src": "{fileId}"},
                  "rules": [{"rule": "range", "column": "amount", "minimum": 2}], "afterLoad": "delete", "recursive": true}')
            """);
        var drop = await UploadAsync("orders.csv", "id;total\n1;1,50\n2;2,50\n");

        var report = await CheckAsync(drop);
        var loaded = await LoadAsync(drop);

        report.GetProperty("pipeline").GetString().ShouldBe("shop");
        report.GetProperty("check").GetProperty("rejects")[0].GetProperty("reason").GetString().ShouldBe("rule");
        loaded.GetProperty("rows").GetInt64().ShouldBe(1);
        (await TextAsync(
            "SELECT id || ' ' || amount || ' ' || (src = (SELECT max(file_id) FROM ingest.file)) FROM orders")).ShouldBe(
                "2 2.50 true");
        (await TextAsync(
            "SELECT config->>'watch' || (config->>'sameContent') FROM ingest.pipeline WHERE name = "
                + "'drop-public-orders'")).ShouldBe("[]skip");
    }

    [Fact]
    public async Task Same_content_is_loaded_once_whatever_its_name()
    {
        await LoadAsync(await UploadAsync("orders.csv", "id\n1\n"));

        var again = await UploadAsync("orders.csv", "id\n1\n");
        var report = await CheckAsync(again);
        var repeated = await LoadAsync(again);
        var renamed = await LoadAsync(await UploadAsync("copy.csv", "id\n1\n"), "orders");

        report.GetProperty("loadedBefore")[0].GetProperty("rows").GetInt64().ShouldBe(1);
        repeated.GetProperty("state").GetString().ShouldBe("repeated");
        renamed.GetProperty("state").GetString().ShouldBe("repeated");
        renamed.GetProperty("message").GetString()!.ShouldContain("same content");
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(1);
        await ExecuteAsync("TRUNCATE orders");
        (await LoadAsync(await UploadAsync("orders.csv", "id\n1\n"), again: true)).GetProperty("state").GetString()
            .ShouldBe("loaded");
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_uploads_of_one_file_at_once_are_loaded_once()
    {
        await ExecuteAsync("CREATE TABLE orders (id bigint)");
        var text = "id\n" + string.Join('\n', Enumerable.Range(1, 20_000)) + "\n";
        var drops = await Task.WhenAll(UploadAsync("orders.csv", text), UploadAsync("orders.csv", text),
            UploadAsync("other.csv", text));
        var loads = await Task.WhenAll(drops.Select(drop => LoadAsync(drop, "orders")));

        loads.Select(l => l.GetProperty("state").GetString()).Order().ShouldBe(["loaded", "repeated", "repeated"]);
        (await TextAsync("SELECT count(*) || ' ' || count(DISTINCT id) FROM orders")).ShouldBe("20000 20000");
        Directory.GetDirectories(Uploads).ShouldBeEmpty();
    }

    [Fact]
    public async Task Content_that_another_pipeline_loaded_is_added_again_only_when_that_is_meant()
    {
        await ExecuteAsync(
            """
            CREATE TABLE orders (id bigint);
            INSERT INTO ingest.pipeline (name, config)
                VALUES ('shop', '{"name": "shop", "table": "orders", "watch": ["/data/in"]}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, sha256, rows_loaded, finished_at)
            VALUES ('shop', '/data/in/orders.csv', 5, 0, 0, 0, 'loaded', sha256(convert_to(E'id\n1\n', 'UTF8')), 1, now())
            """);
        var drop = await UploadAsync("orders.csv", "id\n1\n");

        using var refused = await PostAsync($"/drops/{Id(drop)}/load", new { table = "orders" });
        var loaded = await LoadAsync(drop, "orders", again: true);

        (await Problem.OfAsync(refused, HttpStatusCode.Conflict)).GetProperty("detail")
            .GetString()!.ShouldStartWith("public.orders already contains the content of /data/in/orders.csv");
        loaded.GetProperty("state").GetString().ShouldBe("loaded");
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(1);
    }

    [Fact]
    public async Task File_that_cannot_be_loaded_says_why_and_can_be_tried_again()
    {
        await ExecuteAsync("CREATE TABLE orders (number bigint, note text NOT NULL)");
        var drop = await UploadAsync("orders.csv", "a,b\n1,2\n");

        var report = await CheckAsync(drop);
        var failed = await LoadAsync(drop);
        await ExecuteAsync("DROP TABLE orders; CREATE TABLE orders (a bigint, b bigint)");
        var loaded = await LoadAsync(drop);

        report.GetProperty("refusal").GetString()!.ShouldContain("a, b");
        failed.GetProperty("state").GetString().ShouldBe("failed");
        failed.GetProperty("message").GetString()!.ShouldStartWith("The file is quarantined: ");
        loaded.GetProperty("state").GetString().ShouldBe("loaded", loaded.ToString());
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(1);
    }

    [Fact]
    public async Task Other_formats_are_understood()
    {
        var json = await CheckAsync(await UploadAsync("x.json", """[{"id": 1, "tags": ["a"]}, {"id": 2}]"""), "x");
        var gzip = await CheckAsync(await UploadAsync("y.csv.gz", Gzip("id,name\n1,Ann\n")), "y");
        using var picture = await PostAsync(
            $"/drops/{Id(await UploadAsync("p.png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]))}/check",
            new { });
        using var nothing = await PostAsync($"/drops/{Id(await UploadAsync("empty.csv", ""))}/check", new { });

        json.GetProperty("format").GetString().ShouldBe("json");
        json.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("sqlType").GetString()).ShouldContain("bigint");
        gzip.GetProperty("columns").GetArrayLength().ShouldBe(2);
        await Problem.OfAsync(picture, (HttpStatusCode)422);
        await Problem.OfAsync(nothing, (HttpStatusCode)422);
    }

    [Fact]
    public async Task Hostile_names_stay_in_the_directory_of_uploads()
    {
        foreach (var name in new[] { "../../evil.csv", "/etc/passwd", "..", "a\u202Eb.csv", "\\\\server\\share\\x.csv",
            new string('x', 1000), "%2e%2e%2fevil.csv" })
        {
            var drop = await UploadAsync(name, "id\n1\n");
            drop.GetProperty("name").GetString()!.ShouldNotContain("/");
            using var discarded = await _operator.DeleteAsync($"/api/v1/drops/{Id(drop)}", TestContext.Current.CancellationToken);
            discarded.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        Directory.GetFileSystemEntries(Uploads).ShouldBeEmpty();
        Directory.GetFiles(_monitor.Folder, "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("evil", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Hostile_tables_are_names_or_refused()
    {
        var drop = await UploadAsync("orders.csv", "id\n1\n");
        await ExecuteAsync("CREATE TABLE kept (id bigint)");
        foreach (var table in new[] { "orders; DROP TABLE kept", "a.b.c.d", "\"", "", " ", "orders) AS SELECT 1 --" })
        {
            using var refused = await PostAsync($"/drops/{Id(drop)}/check", new { table });
            (await Problem.OfAsync(refused, HttpStatusCode.BadRequest)).ErrorsOf("table").Single().ShouldNotBeEmpty(table);
        }

        var loaded = await LoadAsync(drop, "\"x\"\"; DROP TABLE kept --\"");
        loaded.GetProperty("state").GetString().ShouldBe("loaded", loaded.ToString());
        (await NumberAsync("SELECT count(*) FROM pg_tables WHERE tablename IN ('kept', 'x\"; DROP TABLE kept --')")).ShouldBe(2);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong-token-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData(MonitorProcess.ViewerToken, HttpStatusCode.Forbidden)]
    public async Task Nobody_but_the_operator_brings_or_looks_at_a_file(string? token, HttpStatusCode status)
    {
        await using var monitor = await MonitorProcess.StartAsync(
            _database.ConnectionString, new Dictionary<string, string> { ["INGEST_VIEWER_TOKEN"] = MonitorProcess.ViewerToken });
        using var own = monitor.Client(MonitorProcess.OperatorToken);
        using var uploaded = await own.PostAsync("/api/v1/drops?name=a.csv", Bytes("id\n1\n"),
            TestContext.Current.CancellationToken);
        var id = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("id")
            .GetString();
        using var client = monitor.Client(token);
        client.DefaultRequestHeaders.Add("X-Ingest-Request", "1"); // as the pages do

        foreach (var path in new[] { "/drops?name=b.csv", "/drops/path", $"/drops/{id}/check", $"/drops/{id}/load" })
        {
            using var refused = await client.PostAsync("/api/v1" + path, Bytes("id\n1\n"), TestContext.Current.CancellationToken);
            refused.StatusCode.ShouldBe(status, path);
        }

        using var kept = await client.DeleteAsync($"/api/v1/drops/{id}", TestContext.Current.CancellationToken);
        kept.StatusCode.ShouldBe(status);
        Directory.GetDirectories(Path.Combine(monitor.Folder, ".ingest", "uploads")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Upload_beyond_the_limit_is_refused_with_what_to_do()
    {
        await using var monitor = await StartWithAsync("""{ "pages": { "maxUploadBytes": "1KiB" }, "pipelines": [] }""");
        using var client = monitor.Client(MonitorProcess.OperatorToken);

        (await client.GetFromJsonAsync<JsonElement>("/api/v1/drops", TestContext.Current.CancellationToken)).GetProperty(
            "maxUploadBytes").GetInt64().ShouldBe(1024);
        using var allowed = await client.PostAsync("/api/v1/drops", Bytes(new string('x', 1024)),
            TestContext.Current.CancellationToken);
        using var refused = await client.PostAsync("/api/v1/drops", Bytes(new string('x', 1025)),
            TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/drops")
        { Content = Bytes(new string('x', 1025)), Headers = { TransferEncodingChunked = true } };
        using var chunked = await client.SendAsync(request, TestContext.Current.CancellationToken);

        allowed.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await Problem.OfAsync(refused, HttpStatusCode.RequestEntityTooLarge)).GetProperty("detail")
            .GetString()!.ShouldContain("pages.maxUploadBytes");
        await Problem.OfAsync(chunked, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task File_of_the_machine_is_read_only_where_it_is_allowed()
    {
        using var folder = new TempDirectory();
        var (inside, allowed, outside) = (folder.Write("watched/a.csv", "id\n1\n"), folder.Write("allowed/b.csv", "id\n2\n"),
            folder.Write("secret/c.csv", "id\n3\n"));
        File.CreateSymbolicLink(folder["watched/link.csv"], outside);
        await ExecuteAsync(
            $$"""
            INSERT INTO ingest.pipeline (name, config)
            VALUES ('shop', '{"name": "shop", "table": "t", "watch": ["{{folder["watched"]}}"]}')
            """);
        await using var monitor = await StartWithAsync(
            $$"""{ "pages": { "readableDirectories": ["{{folder["allowed"]}}"] }, "pipelines": [] }""");
        using var client = monitor.Client(MonitorProcess.OperatorToken);

        foreach (var path in new[] { outside, folder["watched/link.csv"], folder["watched/../secret/c.csv"],
            folder["secret/missing.csv"], "/etc/passwd", "relative.csv", "" })
        {
            using var refused = await client.PostAsJsonAsync("/api/v1/drops/path", new { path },
                TestContext.Current.CancellationToken);
            (await Problem.OfAsync(refused, HttpStatusCode.BadRequest)).ErrorsOf("path").Single().ShouldStartWith("must be",
                Case.Sensitive, path);
        }

        foreach (var path in new[] { inside, allowed })
        {
            using var taken = await client.PostAsJsonAsync("/api/v1/drops/path", new { path },
                TestContext.Current.CancellationToken);
            taken.StatusCode.ShouldBe(HttpStatusCode.Created, path);
            var drop = await taken.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            drop.GetProperty("isUpload").GetBoolean().ShouldBeFalse();
            using var load = await client.PostAsJsonAsync($"/api/v1/drops/{Id(drop)}/load", new { table = "fresh" },
                TestContext.Current.CancellationToken);
            (await EndAsync(client, Id(drop))).GetProperty("state").GetString().ShouldBe("loaded");
            File.Exists(path).ShouldBeTrue(); // it is not ours
        }

        (await NumberAsync("SELECT count(*) FROM fresh")).ShouldBe(2);
    }

    [Fact]
    public async Task Upload_is_gone_with_the_program()
    {
        var drop = await UploadAsync("orders.csv", "id\n1\n");
        Directory.GetDirectories(Uploads).Length.ShouldBe(1);
        using var discarded = await _operator.DeleteAsync($"/api/v1/drops/{Id(drop)}", TestContext.Current.CancellationToken);

        await Problem.OfAsync(await _operator.GetAsync($"/api/v1/drops/{Id(drop)}", TestContext.Current.CancellationToken),
            HttpStatusCode.NotFound);
        using var load = await PostAsync($"/drops/{Id(drop)}/load", new { });
        (await Problem.OfAsync(load, HttpStatusCode.NotFound)).GetProperty("detail")
            .GetString()!.ShouldEndWith("Drop the file again.");
    }

    async Task<MonitorProcess> StartWithAsync(string configuration)
    {
        var file = Path.Combine(_monitor.Folder, "other.json");
        await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
        return await MonitorProcess.StartAsync(_database.ConnectionString, null, "--config", file);
    }

    static ByteArrayContent Bytes(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    static ByteArrayContent Bytes(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/octet-stream") } };

    static byte[] Gzip(string text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stored, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stored.ToArray();
    }

    static string[] Pairs(JsonElement report) =>
    [
        .. report.GetProperty("pairing").GetProperty("pairs").EnumerateArray().Select(pair =>
            $"{Or(pair, "field")} {Or(pair, "column")} {pair.GetProperty("state").GetString()}"),
    ];

    static string Or(JsonElement pair, string name) =>
        pair.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";

    static string Id(JsonElement drop) => drop.GetProperty("id").GetString()!;

    Task<JsonElement> UploadAsync(string name, string text) => UploadAsync(name, Encoding.UTF8.GetBytes(text));

    async Task<JsonElement> UploadAsync(string name, byte[] bytes)
    {
        using var response = await _operator.PostAsync($"/api/v1/drops?name={Uri.EscapeDataString(name)}", Bytes(bytes),
            TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    Task<HttpResponseMessage> PostAsync(string path, object body) =>
        _operator.PostAsJsonAsync("/api/v1" + path, body, TestContext.Current.CancellationToken);

    async Task<JsonElement> CheckAsync(JsonElement drop, string? table = null)
    {
        using var response = await PostAsync($"/drops/{Id(drop)}/check", new { table });
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    async Task<JsonElement> LoadAsync(JsonElement drop, string? table = null, bool again = false)
    {
        using var response = await PostAsync($"/drops/{Id(drop)}/load", new { table, again });
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await EndAsync(_operator, Id(drop));
    }

    static async Task<JsonElement> EndAsync(HttpClient client, string id)
    {
        while (true)
        {
            var drop = await client.GetFromJsonAsync<JsonElement>($"/api/v1/drops/{id}", TestContext.Current.CancellationToken);
            if (drop.GetProperty("state").GetString() is not ("waiting" or "loading")) return drop;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    async Task<long> NumberAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    async Task<string?> TextAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string;
    }
}
