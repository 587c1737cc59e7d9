using System.Net;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class FileTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    const int All = Ledger.Loaded + 3 + 2 + 1;

    MonitorProcess Monitor => fixture.Monitor;

    public static TheoryData<string, string> Orders()
    {
        var orders = new TheoryData<string, string>();
        foreach (var sort in new[] { "path", "size", "mtime", "finishedAt", "discoveredAt", "rows", "rejected", "durationMs" })
        {
            orders.Add(sort, "asc");
            orders.Add(sort, "desc");
        }

        return orders;
    }

    [Theory]
    [InlineData("", All)]
    [InlineData("?pipeline=shop", All)]
    [InlineData("?pipeline=empty", 0)]
    [InlineData("?status=quarantined", 2)]
    [InlineData("?status=quarantined,ready", 5)]
    [InlineData("?q=ORDERS-01", 10)]
    [InlineData("?q=_rders", 0)]
    [InlineData("?q=%25", 0)]
    [InlineData("?q=%5C", 0)]
    [InlineData("?node=silo-1", All - 3)]
    [InlineData("?node=silo-1&status=loaded&q=orders-001&pipeline=shop", 1)]
    public async Task Filter_finds_what_it_says(string query, int count)
    {
        var files = await Monitor.GetAsync("/files" + query);

        files.GetProperty("total").GetInt64().ShouldBe(count);
        files.GetProperty("items").GetArrayLength().ShouldBe(Math.Min(count, 50));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pages_of_any_order_hold_every_file_once_in_order(string sort, string dir)
    {
        var seen = new List<JsonElement>();
        var after = "";
        do
        {
            var page = await Monitor.GetAsync($"/files?sort={sort}&dir={dir}&limit=7{after}");
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            after = page.GetProperty("next").GetString() is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        seen.Select(f => f.GetProperty("id").GetInt64()).Distinct().Count().ShouldBe(All);
        seen.Count.ShouldBe(All);
        var values = seen.Select(f => Value(f, sort)).ToArray();
        var known = values.Where(v => v is not null).ToArray();
        values.Take(known.Length).ShouldBe(known); // those without a value stand last
        known.ShouldBe(dir == "asc" ? known.Order(StringComparer.Ordinal) : known.OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Cursor_of_another_order_is_refused()
    {
        var byId = (await Monitor.GetAsync("/files?limit=5")).GetProperty("next").GetString();

        (await Monitor.ProblemAsync($"/files?limit=5&sort=size&after={byId}", HttpStatusCode.BadRequest)).ErrorsOf("after")[0]
            .ShouldContain("same sort");
    }

    [Fact]
    public async Task Cursor_that_somebody_made_up_is_refused()
    {
        var madeUp = System.Buffers.Text.Base64Url.EncodeToString("5:=not a number"u8);

        (await Monitor.ProblemAsync($"/files?sort=size&after={madeUp}", HttpStatusCode.BadRequest)).ErrorsOf("after")
            .ShouldNotBeEmpty();
    }

    [Fact]
    public async Task File_that_loads_counts_what_is_committed()
    {
        var file = (await Monitor.GetAsync("/files?status=loading")).GetProperty("items")[0];

        file.GetProperty("progress").GetDouble().ShouldBe(0.5);
        file.GetProperty("rowsLoaded").GetInt64().ShouldBe(9);
        file.GetProperty("rowsRejected").GetInt64().ShouldBe(1);
        file.GetProperty("latencyMs").ValueKind.ShouldBe(JsonValueKind.Null);
        Texts(file, "actions").ShouldBe(["skip", "quarantine"], ignoreOrder: true);
    }

    [Fact]
    public async Task File_has_its_batches_and_what_happened_to_it()
    {
        var broken = (await Monitor.GetAsync("/files?status=quarantined")).GetProperty("items")[0];
        var loaded = (await Monitor.GetAsync("/files?status=loaded&limit=1")).GetProperty("items")[0];

        var events = (await Monitor.GetAsync($"/files/{broken.GetProperty("id")}")).GetProperty("events");
        var detail = await Monitor.GetAsync($"/files/{loaded.GetProperty("id")}");

        events.EnumerateArray().Single().GetProperty("kind").GetString().ShouldBe("file.quarantined");
        Texts(broken, "actions").ShouldBe(["retry", "skip", "replay"], ignoreOrder: true);
        detail.GetProperty("batchesTotal").GetInt64().ShouldBe(2);
        detail.GetProperty("batches")[1].GetProperty("startOffset").GetInt64().ShouldBe(500);
        detail.GetProperty("batches")[1].GetProperty("copyMs").GetDouble().ShouldBe(4);
        detail.GetProperty("path").GetString().ShouldBe(loaded.GetProperty("path").GetString());
        Texts(detail, "actions").ShouldBe(["replay"]);
    }

    [Fact]
    public async Task File_says_which_fields_and_columns_found_nothing()
    {
        await using var ledger = await Ledger.CreateAsync();
        await ledger.ExecuteAsync(
            """
            UPDATE ingest.file SET columns_note =
                '{"leftOut": [{"field": 2, "name": "cust_name", "near": "customer_name"}],
                    "unfilled": ["customer_name"], "defaulted": ["at"]}'
            WHERE path LIKE '%orders-007.csv'
            """);
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);

        var row = (await monitor.GetAsync("/files?q=orders-007")).GetProperty("items")[0];
        var detail = await monitor.GetAsync($"/files/{row.GetProperty("id")}");
        var other = (await monitor.GetAsync("/files?q=orders-008")).GetProperty("items")[0];

        foreach (var file in new[] { row, detail })
        {
            var note = file.GetProperty("columnsNote");
            var leftOut = note.GetProperty("leftOut")[0];
            (leftOut.GetProperty("field").GetInt32(), leftOut.GetProperty("name").GetString(),
                leftOut.GetProperty("near").GetString())
                .ShouldBe((2, "cust_name", "customer_name"));
            Texts(note, "unfilled").ShouldBe(["customer_name"]);
            Texts(note, "defaulted").ShouldBe(["at"]);
        }

        other.GetProperty("columnsNote").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Latency_of_an_old_file_that_was_moved_here_begins_when_it_was_seen()
    {
        await using var ledger = await Ledger.CreateAsync();
        await ledger.ExecuteAsync(
            "UPDATE ingest.file SET mtime_ns = 0, finished_at = discovered_at + interval '250 ms' WHERE status = 'loaded'");
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);

        var file = (await monitor.GetAsync("/files?status=loaded&limit=1")).GetProperty("items")[0];

        file.GetProperty("latencyMs").GetDouble().ShouldBe(250);
        file.GetProperty("durationMs").GetDouble().ShouldBe(250);
    }

    static string[] Texts(JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(a => a.GetString()!)];

    /// <summary>As a text that sorts as the value does; null for none.</summary>
    static string? Value(JsonElement file, string sort)
    {
        var value = file.GetProperty(sort switch
        {
            "discoveredAt" => "id",
            "rows" => "rowsLoaded",
            "rejected" => "rowsRejected",
            _ => sort
        });
        // The list sorts by the row's own total, which a file that still loads does not have.
        if (sort is "rows" or "rejected" && file.GetProperty("status").GetString() == "loading") return "00000000";
        return sort == "durationMs" && file.GetProperty("finishedAt").ValueKind == JsonValueKind.Null ? null
            : value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Number => value.GetDouble().ToString("000000.00",
                    System.Globalization.CultureInfo.InvariantCulture),
                _ => value.GetString(),
            };
    }
}
