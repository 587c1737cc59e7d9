namespace OrleansIngest.Monitor.Tests.Api;

public sealed class LiveTests
{
    [Fact]
    public async Task Overview_files_and_alerts_come_as_they_happen()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        await using var stream = await EventStream.OpenAsync(monitor.Http);

        var overview = await stream.NextAsync("overview");
        overview.TryGetProperty("series", out _).ShouldBeFalse();
        overview.GetProperty("database").GetProperty("state").GetString().ShouldBe("up");
        var point = overview.GetProperty("point");
        (overview.GetProperty("now").GetDateTimeOffset().ToUnixTimeSeconds() - point.GetProperty("t").GetInt64()).ShouldBeInRange(
            1, 3);
        point.GetProperty("pipelines").GetProperty("shop").GetProperty("backlogFiles").GetInt64().ShouldBe(3);
        (await stream.NextAsync("files")).GetProperty("changed").EnumerateArray().Single().GetProperty("status").GetString()
            .ShouldBe("loading");

        await ledger.ExecuteAsync(
            "UPDATE ingest.file SET status = 'quarantined', reason = 'gone bad', finished_at = clock_timestamp() WHERE status "
                + "= 'loading'");
        var changed = await stream.NextAsync("files",
            d => d.GetProperty("changed").EnumerateArray().Any(f => f.GetProperty("status").GetString() == "quarantined"));
        changed.GetProperty("changed").EnumerateArray().Single().GetProperty("reason").GetString().ShouldBe("gone bad");

        await ledger.ExecuteAsync(
            "INSERT INTO ingest.alert (rule, pipeline, severity, message) VALUES ('stalled', 'shop', 'critical', "
                + "'Nothing moves.')");
        (await stream.NextAsync("alert")).GetProperty("message").GetString().ShouldBe("Nothing moves.");
        await ledger.ExecuteAsync("UPDATE ingest.alert SET resolved_at = clock_timestamp() WHERE rule = 'stalled'");
        (await stream.NextAsync("alert")).GetProperty("resolvedAt").GetDateTimeOffset().Year.ShouldBeGreaterThan(2000);
    }

    [Fact]
    public async Task Only_the_wanted_topics_come()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        await using var stream = await EventStream.OpenAsync(monitor.Http, "?topics=files");

        for (var i = 0; i < 3; i++) (await stream.NextAsync()).Topic.ShouldBe("files");
    }

    [Fact]
    public async Task Many_listeners_and_requests_take_at_most_three_connections()
    {
        await using var ledger = await Ledger.CreateAsync();
        await using var monitor = await MonitorProcess.StartAsync(ledger.ConnectionString);
        var streams = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => EventStream.OpenAsync(monitor.Http)));

        await Task.WhenAll(Enumerable.Range(0,
            60).Select(i => monitor.GetAsync(i % 2 == 0 ? "/overview" : "/files?sort=size&q=a")));
        foreach (var stream in streams) await stream.NextAsync("overview");

        (await ledger.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
                + "'ingest/%/monitor'"))
            .ShouldBeInRange(1, 3);
        foreach (var stream in streams) await stream.DisposeAsync();
    }
}
