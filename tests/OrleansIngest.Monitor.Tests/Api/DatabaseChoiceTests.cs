using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>One monitor, two databases: <c>?database=NAME</c>.</summary>
public sealed class DatabaseChoiceTests
{
    [Fact]
    public async Task Requests_are_about_the_main_database_or_the_one_that_they_name()
    {
        await using var both = await TwoLedgers.StartAsync();

        var about = await both.Monitor.GetAsync("/about");
        about.GetProperty("databases").EnumerateArray().Select(d => d.GetString()).ShouldBe(["main", "second"]);
        about.GetProperty("database").GetProperty("configuredAs").GetString().ShouldBe("main");
        (await both.Monitor.GetAsync("/about?database=second")).GetProperty("database").GetProperty("name").GetString()
            .ShouldBe(both.Second.Name);
        Names(await both.Monitor.GetAsync("/overview")).ShouldBe(["empty", "shop"], ignoreOrder: true);
        Names(await both.Monitor.GetAsync("/overview?database=second")).ShouldBe(["clicks"]);
        Names(await both.Monitor.GetAsync("/overview?database=main")).ShouldContain("shop");
        (await both.Monitor.GetAsync("/files?pipeline=clicks&database=second")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await both.Monitor.GetAsync("/files?pipeline=clicks")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Verbs_go_to_the_database_that_is_named()
    {
        await using var both = await TwoLedgers.StartAsync();
        using var client = both.Monitor.Client(MonitorProcess.OperatorToken);

        using var wrong = await client.PostAsJsonAsync("/api/v1/pipelines/clicks/pause", new { },
            TestContext.Current.CancellationToken);
        wrong.StatusCode.ShouldBe(HttpStatusCode.NotFound, "the main database has no such pipeline");
        using var right = await client.PostAsJsonAsync("/api/v1/pipelines/clicks/pause?database=second", new { reason = "why" },
            TestContext.Current.CancellationToken);
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var retry = await client.PostAsJsonAsync("/api/v1/files/1/retry?database=second", new { },
            TestContext.Current.CancellationToken);
        retry.StatusCode.ShouldBe(HttpStatusCode.OK);

        await using var history = both.Second.DataSource.CreateCommand(
            "SELECT string_agg(kind, ' ' ORDER BY kind) FROM ingest.history WHERE kind LIKE 'operator.%'");
        (await history.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("operator.pause operator.retry");
        (await both.Main.ScalarAsync<string>("SELECT status FROM ingest.file WHERE file_id = 1")).ShouldBe("loaded",
            "the file of that number in the main database is another one");
    }

    [Fact]
    public async Task Unknown_database_is_refused_with_a_near_name()
    {
        await using var both = await TwoLedgers.StartAsync();

        var problem = await both.Monitor.ProblemAsync("/overview?database=secnod", HttpStatusCode.BadRequest);

        problem.GetProperty("errors").GetProperty("database")[0].GetString()!.ShouldContain("did you mean second?");
    }

    [Fact]
    public async Task Live_events_are_those_of_the_database_that_is_named()
    {
        await using var both = await TwoLedgers.StartAsync();
        using var answer = await both.Monitor.Http.GetAsync("/api/v1/live?topics=overview&database=second",
            HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        string? line;
        do line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line?.StartsWith("data:", StringComparison.Ordinal) == false);

        line = line.ShouldNotBeNull();
        line.ShouldContain("clicks");
        line.ShouldNotContain("shop");
    }

    [Fact]
    public async Task One_that_the_command_line_names_is_shown_alone()
    {
        await using var both = await TwoLedgers.StartAsync("--database", "second");

        var about = await both.Monitor.GetAsync("/about");

        about.GetProperty("databases").EnumerateArray().Select(d => d.GetString()).ShouldBe(["second"]);
        about.GetProperty("database").GetProperty("configuredAs").GetString().ShouldBe("second");
        Names(await both.Monitor.GetAsync("/overview")).ShouldBe(["clicks"]);
    }

    [Fact]
    public async Task No_answer_and_no_log_line_has_a_password()
    {
        await using var both = await TwoLedgers.StartAsync();
        var password = new NpgsqlConnectionStringBuilder(both.Second.ConnectionString).Password!;
        foreach (var path in new[] { "/about", "/configuration", "/overview", "/history", "/nodes" })
        {
            (await both.Monitor.GetAsync(path)).GetRawText().ShouldNotContain(password);
            (await both.Monitor.GetAsync(path + "?database=second")).GetRawText().ShouldNotContain(password);
        }

        both.Monitor.Said.ShouldNotContain(password);
        both.Monitor.Said.ShouldContain("database second: postgres://");
    }

    static string?[] Names(JsonElement overview) =>
        [.. overview.GetProperty("pipelines").EnumerateArray().Select(p => p.GetProperty("name").GetString())];
}
