using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class HistoryTests(MonitorFixture fixture) : IClassFixture<MonitorFixture>
{
    MonitorProcess Monitor => fixture.Monitor;

    [Theory]
    [InlineData("", 4)]
    [InlineData("?kind=node.dead", 1)]
    [InlineData("?kind=operator", 1)]
    [InlineData("?kind=operat", 0)]
    [InlineData("?kind=node,operator", 2)]
    [InlineData("?pipeline=shop", 3)]
    [InlineData("?q=LUNCH", 1)]
    [InlineData("?q=ann", 1)]
    [InlineData("?q=broken-001", 1)]
    [InlineData("?to=2026-01-01T00:00:00Z", 0)]
    public async Task Filter_finds_what_it_says(string query, int count) =>
        (await Monitor.GetAsync("/history" + query)).GetProperty("total").GetInt64().ShouldBe(count);

    [Fact]
    public async Task Pages_are_newest_first()
    {
        var first = await Monitor.GetAsync("/history?limit=3");
        var second = await Monitor.GetAsync($"/history?limit=3&after={first.GetProperty("next").GetString()}");

        first.GetProperty("items")[0].GetProperty("kind").GetString().ShouldBe("operator.pause");
        first.GetProperty("items")[0].GetProperty("who").GetString().ShouldBe("ann");
        second.GetProperty("items").EnumerateArray().Single().GetProperty("path").GetString().ShouldBe("/data/in/broken-001.csv");
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Two_ranges_side_by_side_sum_up_what_was_committed_in_them()
    {
        var compared = await Monitor.GetAsync("/history/compare?aFrom=2026-01-01&aTo=2100-01-01&bFrom=2025-01-01&bTo=2026-01-01");

        var (a, b) = (compared.GetProperty("a"), compared.GetProperty("b"));
        a.GetProperty("files").GetInt64().ShouldBe(Ledger.Loaded);
        a.GetProperty("rowsLoaded").GetInt64().ShouldBe(Ledger.Loaded * 18 + 9);
        a.GetProperty("bytes").GetInt64().ShouldBe(Ledger.Loaded * 1000 + 500);
        a.GetProperty("readMs").GetDouble().ShouldBe(2);
        a.GetProperty("activeSeconds").GetInt64().ShouldBeGreaterThan(0);
        b.GetProperty("files").GetInt64().ShouldBe(0);
        b.GetProperty("rowsPerSecond").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(2000, 1)]
    [InlineData(60, 10)]
    [InlineData(3, 200)]
    public async Task Series_of_any_resolution_add_up_to_the_same(int points, int atLeastStep)
    {
        var to = (await Monitor.GetAsync("/about")).GetProperty("now").GetDateTimeOffset();
        var series = await Monitor.GetAsync(
            $"/series?pipeline=shop&points={points}&from={Uri.EscapeDataString(to.AddMinutes(-10).ToString("O"))}"
            + $"&to={Uri.EscapeDataString(to.ToString("O"))}");

        series.GetProperty("stepSeconds").GetInt32().ShouldBeGreaterThanOrEqualTo(atLeastStep);
        series.GetProperty("pipelines").EnumerateObject().Select(p => p.Name).ShouldBe(["shop"]);
        var shop = series.GetProperty("pipelines").GetProperty("shop");
        shop.GetProperty("inputRows").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(Ledger.Loaded * 20 + 10);
        shop.GetProperty("rejected").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(Ledger.Loaded * 2 + 1);
        shop.GetProperty("filesFinished").EnumerateArray().Sum(v => v.GetInt64()).ShouldBe(Ledger.Loaded);
        var t = series.GetProperty("t").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        t.Zip(t.Skip(1)).ShouldAllBe(p => p.Second - p.First == series.GetProperty("stepSeconds").GetInt32());
    }

    [Fact]
    public async Task Series_of_ten_years_has_no_more_points_than_asked_for()
    {
        var series = await Monitor.GetAsync("/series?from=2020-01-01&to=2030-01-01&points=1000");

        series.GetProperty("t").GetArrayLength().ShouldBeLessThanOrEqualTo(1001);
        series.GetProperty("pipelines").GetProperty("shop").GetProperty("inputRows").EnumerateArray().Sum(v => v.GetInt64())
            .ShouldBe(Ledger.Loaded * 20 + 10);
    }
}
