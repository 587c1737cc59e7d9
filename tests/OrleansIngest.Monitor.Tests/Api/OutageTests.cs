using System.Diagnostics;
using System.Net;
using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

public sealed class OutageTests
{
    [Fact]
    public async Task Monitor_outlives_its_database_says_so_and_goes_on_when_it_is_back()
    {
        var folder = TestPostgres.NewFolder();
        await using var server = await EmbeddedPostgresServer.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder, "postgres") },
            TestContext.Current.CancellationToken);
        await using (var data = NpgsqlDataSource.Create(server.ConnectionString))
        {
            await Migrations.ApplyAsync(data, TestContext.Current.CancellationToken);
            await using var command = data.CreateCommand(
                """INSERT INTO ingest.pipeline (name, config) VALUES ('shop', '{"table": "t", "watch": []}')""");
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var monitor = await MonitorProcess.StartAsync(server.ConnectionString);
        await using var stream = await EventStream.OpenAsync(monitor.Http, "?topics=overview");
        await stream.NextAsync("overview");

        using (var kill = Process.Start("kill", ["-9", $"{server.ProcessId}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        var away = await stream.NextAsync("overview", o => o.GetProperty("database").GetProperty("state").GetString() == "away");
        away.GetProperty("database").GetProperty("since").GetDateTimeOffset().Year.ShouldBeGreaterThan(2000);
        away.GetProperty("pipelines")[0].GetProperty("status").GetString().ShouldBe("waiting-for-database");
        (await monitor.GetAsync("/about")).GetProperty("database").GetProperty("state").GetString().ShouldBe("away");
        foreach (var path in new[] { "/overview", "/files", "/files/1", "/rejects", "/rejects/export", "/nodes", "/history",
            "/series" })
        {
            using var response = await monitor.Http.GetAsync("/api/v1" + path, TestContext.Current.CancellationToken);
            var problem = await Problem.OfAsync(response, HttpStatusCode.ServiceUnavailable);
            problem.GetProperty("type").GetString().ShouldEndWith("database-away");
            response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        }

        (await monitor.Http.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

        while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        await stream.NextAsync("overview", o => o.GetProperty("database").GetProperty("state").GetString() == "up");
        (await monitor.GetAsync("/overview")).GetProperty("pipelines").GetArrayLength().ShouldBe(1);
        (await monitor.GetAsync("/about")).GetProperty("database").GetProperty("state").GetString().ShouldBe("up");
    }

    [Fact]
    public async Task Database_without_a_ledger_is_a_problem_that_says_what_to_do()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        await using var monitor = await MonitorProcess.StartAsync(database.ConnectionString);

        (await monitor.ProblemAsync("/overview", HttpStatusCode.ServiceUnavailable)).GetProperty("detail")
            .GetString()!.ShouldContain("ingest migrate");
    }
}
