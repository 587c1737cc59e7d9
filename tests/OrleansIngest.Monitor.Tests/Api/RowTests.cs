using System.Net;
using System.Text.Json;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>Rows of tables, with the file and line that they came from; read-only, and of pipelines' tables alone.</summary>
public sealed class RowTests : IAsyncLifetime
{
    TestDatabase _database = null!;
    MonitorProcess _monitor = null!;
    HttpClient _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            """
            CREATE TABLE orders (id bigint, note text, file_id bigint, line bigint);
            CREATE TABLE secrets (password text);
            INSERT INTO secrets VALUES ('hunter2');
            INSERT INTO ingest.pipeline (name, config) VALUES
                ('shop', '{"name": "shop", "table": "orders", "watch": ["/in"],
                    "metadata": {"file_id": "{fileId}", "line": "{line}"}}'),
                ('plain', '{"name": "plain", "table": "public.plain", "watch": ["/in"]}'),
                ('paths', '{"name": "paths", "table": "paths", "watch": ["/in"], "metadata": {"src": "{path}"}}'),
                ('routed', '{"name": "routed", "table": "{folder}", "watch": ["/in"], "metadata": {"file_id": "{fileId}"}}'),
                ('gone', '{"name": "gone", "table": "no_such_table", "watch": ["/in"]}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, target, finished_at)
            SELECT pipeline, path, 1, 0, 0, 0, 'loaded', target, now() - interval '2 d' + n * interval '1 h' FROM (VALUES
                (1, 'shop', '/in/one.csv', NULL), (2, 'shop', '/in/two<b>.csv', NULL),
                (3, 'routed', '/in/a/x.csv', 'public.a'), (4, 'routed', '/in/b/x.csv', 'public.b'),
                (5, 'paths', '/in/p.csv', NULL)) f (n, pipeline, path, target) ORDER BY n;
            CREATE TABLE plain (id bigint, value jsonb);
            CREATE TABLE paths (id bigint, src text);
            CREATE TABLE a (id bigint, file_id bigint);
            CREATE TABLE b (id bigint, file_id bigint);
            INSERT INTO a VALUES (1, 3);
            INSERT INTO b VALUES (2, 4);
            INSERT INTO plain SELECT n, jsonb_build_object('n', n) FROM generate_series(1, 3000) n;
            INSERT INTO paths VALUES (1, '/in/p.csv'), (2, NULL);
            INSERT INTO orders SELECT n, CASE WHEN n % 2 = 0 THEN 'note ' || n END, 1 + n / 501, 1 + n
                FROM generate_series(1, 1000) n
            """);
        _monitor = await MonitorProcess.StartAsync(_database.ConnectionString);
        _operator = _monitor.Client(MonitorProcess.OperatorToken);
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _monitor.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Newest_rows_have_the_file_and_line_that_they_came_from(bool isIndexed)
    {
        if (isIndexed) await ExecuteAsync("CREATE INDEX ON orders (file_id)");

        var sample = await GetAsync("/rows?pipeline=shop&limit=10");

        sample.GetProperty("table").GetString().ShouldBe("public.orders");
        sample.GetProperty("order").GetString().ShouldBe("newestFiles");
        sample.GetProperty("isCut").GetBoolean().ShouldBeTrue();
        sample.GetProperty("columns").EnumerateArray().Select(
            c => $"{c.GetProperty("name")} {c.GetProperty("type")} {c.GetProperty("storesOrigin")}")
            .ShouldBe(["id bigint False", "note text False", "file_id bigint True", "line bigint True"]);
        var rows = sample.GetProperty("rows").EnumerateArray().ToArray();
        rows.Length.ShouldBe(10);
        foreach (var row in rows)
        {
            var id = long.Parse(row.GetProperty("values")[0].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            (row.GetProperty("fileId").GetInt64(), row.GetProperty("path").GetString(),
                row.GetProperty("line").GetInt64()).ShouldBe((2, "/in/two<b>.csv", id + 1));
            row.GetProperty("values")[1].GetString().ShouldBe(id % 2 == 0 ? $"note {id}" : null);
        }

        rows[0].GetProperty("values")[0].GetString().ShouldBe("1000"); // the last of the file comes first
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Newest_rows_are_found_where_gaps_of_the_table_were_filled(bool isIndexed)
    {
        if (isIndexed) await ExecuteAsync("CREATE INDEX ON orders (file_id)");
        await ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ('drop-public-orders',
                '{"name": "drop-public-orders", "table": "public.orders",
                    "metadata": {"file_id": "{fileId}", "line": "{line}"}}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, rows_loaded, finished_at)
                VALUES ('drop-public-orders', '/up/drop.csv', 1, 0, 0, 0, 'loaded', 1, now() - interval '10 min');
            UPDATE ingest.file SET finished_at = now() - interval '5 min' WHERE file_id = 1; -- retried: the oldest key
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                VALUES ('shop', '/in/now.csv', 1, 0, 0, 0, 'loading');
            INSERT INTO public.corrupt_records
                (raw_record, file, file_id, line, record_number, byte_offset, reason, detail, pipeline, status, replayed_at)
                VALUES ('x', '/in/two<b>.csv', 2, 90000, 89999, 1, 'bad_value', 'x', 'shop', 'replayed', now());
            -- The newest rows are in the first page, as after a vacuum.
            TRUNCATE orders;
            INSERT INTO orders VALUES (5001, 'dropped', 6, 2), (5002, 'loading', 7, 2), (5003, 'replayed', 2, 90000);
            INSERT INTO orders SELECT n, 'old', CASE WHEN n <= 500 THEN 1 ELSE 2 END, 1 + n
                FROM generate_series(101, 25000) n WHERE n NOT BETWEEN 5000 AND 6000;
            """);
        (await NumberAsync("SELECT count(*) FROM orders WHERE id > 5000 AND (ctid::text::point)[0] = 0")).ShouldBe(3);

        var few = await GetAsync("/rows?pipeline=shop&limit=3");
        var all = await GetAsync("/rows?pipeline=shop&limit=500");

        Ids(few).ShouldBe([5002, 5003, 500]); // a file in progress, a replayed record, the file that was retried
        Ids(all).Distinct().Count().ShouldBe(500);
        Ids(all).ShouldContain(5001);
        (few.GetProperty("isCut").GetBoolean(), all.GetProperty("isCut").GetBoolean()).ShouldBe((true, true));
        few.GetProperty("rows")[1].GetProperty("path").GetString().ShouldBe("/in/two<b>.csv");
    }

    [Fact]
    public async Task Rows_of_no_file_of_the_ledger_are_shown_from_the_end_of_the_table()
    {
        await ExecuteAsync("UPDATE orders SET file_id = NULL");

        var sample = await GetAsync("/rows?pipeline=shop&limit=3");

        (sample.GetProperty("order").GetString(), Ids(sample).Length).ShouldBe(("tableEnd", 3));
    }

    [Fact]
    public async Task Rows_of_a_file_are_in_its_order()
    {
        var sample = await GetAsync("/rows?fileId=1&limit=3");

        sample.GetProperty("order").GetString().ShouldBe("file");
        sample.GetProperty("pipeline").GetString().ShouldBe("shop");
        sample.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("line").GetInt64()).ShouldBe([2, 3, 4]);
        sample.GetProperty("rows").EnumerateArray().ShouldAllBe(r => r.GetProperty("path").GetString() == "/in/one.csv");
    }

    [Fact]
    public async Task Table_without_origin_shows_its_end_and_says_so()
    {
        var sample = await GetAsync("/rows?pipeline=plain&limit=2");
        var ofFile = await GetAsync("/rows?fileId=5");

        sample.GetProperty("hasOrigin").GetBoolean().ShouldBeFalse();
        sample.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("values")[1].GetString())
            .ShouldBe(["{\"n\": 3000}", "{\"n\": 2999}"]);
        // by its path, which is all that the table keeps
        ofFile.GetProperty("rows")[0].GetProperty("fileId").GetInt64().ShouldBe(5);
        ofFile.GetProperty("rows").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Pipeline_with_many_tables_shows_that_of_its_newest_file()
    {
        var newest = await GetAsync("/rows?pipeline=routed");
        var other = await GetAsync("/rows?pipeline=routed&table=public.a");

        newest.GetProperty("table").GetString().ShouldBe("public.b");
        newest.GetProperty("tables").EnumerateArray().Select(t => t.GetString()).ShouldBe(["public.b", "public.a"]);
        other.GetProperty("rows")[0].GetProperty("path").GetString().ShouldBe("/in/a/x.csv");
    }

    [Theory]
    [InlineData("/rows?pipeline=shop&table=secrets")]
    [InlineData("/rows?pipeline=shop&table=public.secrets")]
    [InlineData("/rows?pipeline=shop&table=pg_catalog.pg_authid")]
    [InlineData("/rows?pipeline=routed&table=public.secrets")]
    [InlineData("/rows?pipeline=shop&table=orders%3B+DROP+TABLE+orders")]
    [InlineData("/rows?pipeline=nothing")]
    [InlineData("/rows?pipeline=gone")]
    [InlineData("/rows?fileId=999")]
    [InlineData("/rows/value?pipeline=shop&table=secrets&row=1:(0,1)&column=password")]
    [InlineData("/rows/value?pipeline=shop&row=1:(0,1)&column=password")]
    [InlineData("/rows/value?pipeline=shop&row=1:(0,1)')+OR+true+--&column=note")]
    [InlineData("/rows/value?pipeline=shop&row=x&column=note")]
    public async Task What_is_no_table_of_a_pipeline_is_not_shown(string path)
    {
        using var response = await _operator.GetAsync("/api/v1" + path, TestContext.Current.CancellationToken);

        await Problem.OfAsync(response, HttpStatusCode.NotFound);
        (await NumberAsync("SELECT count(*) FROM orders")).ShouldBe(1000);
    }

    [Fact]
    public async Task Rows_are_shown_to_nobody_without_a_token()
    {
        foreach (var path in new[] { "/rows?pipeline=shop", "/rows/value?pipeline=shop&row=1:(0,1)&column=note" })
        {
            var problem = await _monitor.ProblemAsync(path, HttpStatusCode.Unauthorized);
            problem.GetProperty("type").GetString().ShouldEndWith("token-needed");
        }
    }

    [Fact]
    public async Task Long_value_is_cut_and_given_whole_on_demand()
    {
        await ExecuteAsync(
            "UPDATE plain SET value = to_jsonb(repeat('😀', 1500000)) WHERE id = 3000; ALTER TABLE plain ADD raw bytea DEFAULT "
                + "decode(repeat('ff', 100000), 'hex')");
        var sample = await GetAsync("/rows?pipeline=plain&limit=1");
        var row = sample.GetProperty("rows")[0];

        row.GetProperty("cut").EnumerateArray().Select(c => c.GetInt32()).ShouldBe([1, 2]);
        row.GetProperty("values")[1].GetString()!.Length.ShouldBeLessThanOrEqualTo(200);
        row.GetProperty("values")[2].GetString()!.ShouldStartWith("\\xff");
        sample.GetRawText().Length.ShouldBeLessThan(4000);
        var key = Uri.EscapeDataString(row.GetProperty("key").GetString()!);
        var whole = await GetAsync($"/rows/value?pipeline=plain&row={key}&column=value");
        whole.GetProperty("isCut").GetBoolean().ShouldBeTrue();
        whole.GetProperty("value").GetString()!.Length.ShouldBe(1_000_000 - 1); // a quote, and whole characters
        await ExecuteAsync("UPDATE plain SET id = id WHERE id = 3000");
        using var moved = await _operator.GetAsync($"/api/v1/rows/value?pipeline=plain&row={key}&column=value",
            TestContext.Current.CancellationToken);
        await Problem.OfAsync(moved, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Views_and_wide_and_empty_and_partitioned_tables_are_shown()
    {
        var columns = string.Join(", ", Enumerable.Range(1, 300).Select(n => $"c{n} int DEFAULT {n}"));
        await ExecuteAsync(
            $$"""
            CREATE VIEW v AS SELECT * FROM orders;
            CREATE TABLE wide ({{columns}});
            INSERT INTO wide DEFAULT VALUES;
            CREATE TABLE parts (id int, file_id bigint) PARTITION BY LIST (id);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
            CREATE INDEX ON parts (file_id);
            CREATE TABLE "Empty ""q" (id int);
            INSERT INTO ingest.pipeline (name, config) SELECT n,
                jsonb_build_object('name', n, 'table', t, 'watch', '["/in"]'::jsonb, 'metadata', '{"file_id": "{fileId}"}'::jsonb)
            FROM (VALUES ('v', 'v'), ('wide', 'wide'), ('parts', 'parts'), ('empty', '"Empty ""q"')) x (n, t);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, finished_at)
                VALUES ('parts', '/in/parts.csv', 1, 0, 0, 0, 'loaded', now());
            INSERT INTO parts SELECT 1, max(file_id) FROM ingest.file;
            """);

        var view = await GetAsync("/rows?pipeline=v&limit=5");
        var wide = await GetAsync("/rows?pipeline=wide");
        var parts = await GetAsync("/rows?pipeline=parts");
        var empty = await GetAsync("/rows?pipeline=empty");

        (view.GetProperty("order").GetString(), view.GetProperty("rows").GetArrayLength()).ShouldBe(("any", 5));
        view.GetProperty("rows")[0].GetProperty("key").ValueKind.ShouldBe(JsonValueKind.Null);
        (wide.GetProperty("columns").GetArrayLength(), wide.GetProperty("isCut").GetBoolean()).ShouldBe((200, true));
        parts.GetProperty("order").GetString().ShouldBe("newestFiles");
        var key = Uri.EscapeDataString(parts.GetProperty("rows")[0].GetProperty("key").GetString()!);
        (await GetAsync($"/rows/value?pipeline=parts&row={key}&column=id")).GetProperty("value").GetString().ShouldBe("1");
        (empty.GetProperty("table").GetString(),
            empty.GetProperty("rows").GetArrayLength()).ShouldBe(("public.\"Empty \"\"q\"", 0));
    }

    [Fact]
    public async Task Reading_changes_nothing_whatever_a_view_calls()
    {
        await ExecuteAsync(
            """
            CREATE TABLE calls (n int);
            CREATE FUNCTION noted() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO calls VALUES (1) RETURNING n';
            CREATE VIEW harmful AS SELECT noted() AS n;
            INSERT INTO ingest.pipeline (name, config)
                VALUES ('harmful', '{"name": "harmful", "table": "harmful", "watch": ["/in"]}')
            """);

        using var response = await _operator.GetAsync("/api/v1/rows?pipeline=harmful", TestContext.Current.CancellationToken);

        (await Problem.OfAsync(response, HttpStatusCode.Forbidden)).GetProperty("detail")
            .GetString()!.ShouldContain("read-only transaction");
        (await NumberAsync("SELECT count(*) FROM calls")).ShouldBe(0);
    }

    [Fact]
    public async Task Table_that_takes_too_long_or_is_locked_says_what_helps()
    {
        await ExecuteAsync(
            """
            CREATE VIEW slow AS SELECT pg_sleep(60)::text AS n;
            INSERT INTO ingest.pipeline (name, config) VALUES ('slow', '{"name": "slow", "table": "slow", "watch": ["/in"]}')
            """);
        using var slow = await _operator.GetAsync("/api/v1/rows?pipeline=slow", TestContext.Current.CancellationToken);
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var locked = await _operator.GetAsync("/api/v1/rows?pipeline=shop", TestContext.Current.CancellationToken);

        (await Problem.OfAsync(slow, HttpStatusCode.ServiceUnavailable)).GetProperty("detail")
            .GetString()!.ShouldContain("index");
        (await Problem.OfAsync(locked, HttpStatusCode.ServiceUnavailable)).GetProperty("title").GetString()
            .ShouldBe("The table is locked");
    }

    [Fact]
    public async Task Role_that_may_only_read_is_taken_for_the_rows()
    {
        var role = $"reader_{_database.Name}"; // roles are the server's
        await ExecuteAsync($"CREATE ROLE \"{role}\"; GRANT SELECT ON orders TO \"{role}\"");
        try
        {
            var file = Path.Combine(_monitor.Folder, "role.json");
            await File.WriteAllTextAsync(file, $$"""{ "pages": { "readRole": "{{role}}" }, "pipelines": [] }""",
                TestContext.Current.CancellationToken);
            await using var monitor = await MonitorProcess.StartAsync(_database.ConnectionString, null, "--config", file);
            using var client = monitor.Client(MonitorProcess.OperatorToken);

            using var allowed = await client.GetAsync("/api/v1/rows?pipeline=shop", TestContext.Current.CancellationToken);
            using var refused = await client.GetAsync("/api/v1/rows?pipeline=plain", TestContext.Current.CancellationToken);

            allowed.StatusCode.ShouldBe(HttpStatusCode.OK,
                await allowed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            (await Problem.OfAsync(refused, HttpStatusCode.Forbidden)).GetProperty("detail")
                .GetString()!.ShouldContain("permission denied for table plain");
            // the ledger is read as before
            (await monitor.GetAsync("/overview")).GetProperty("pipelines").GetArrayLength().ShouldBe(5);
        }
        finally
        {
            await ExecuteAsync($"DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"");
        }
    }

    static long[] Ids(JsonElement sample) =>
    [
        .. sample.GetProperty("rows").EnumerateArray().Select(row =>
            long.Parse(row.GetProperty("values")[0].GetString()!, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _operator.GetAsync("/api/v1" + path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
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
}
