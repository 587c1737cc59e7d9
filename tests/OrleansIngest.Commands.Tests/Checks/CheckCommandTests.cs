using System.Text.Json;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Checks;

public sealed class CheckCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    async Task<(CliRun Run, Dictionary<string, string> Status)> CheckAsync(string url)
    {
        var run = await CliRun.InAsync(_temp.Path, "check", "--json", "--db", url);
        var checks = run.Output.Length == 0 ? []
            : JsonDocument.Parse(run.Output).RootElement.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("subject").GetString()!.Split(" postgres:")[0],
                check => $"{check.GetProperty("status")} {check.GetProperty("detail")}");
        return (run, checks);
    }

    [Fact]
    public async Task RunAsync_EverythingThere_Passes()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        Directory.CreateDirectory(_temp["data/events"]);

        var (run, status) = await CheckAsync(TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error + run.Output);
        status.Values.ShouldAllBe(line => line.StartsWith("ok "));
        status["pipeline events: table public.events"].ShouldContain("user_id, action");
    }

    [Fact]
    public async Task RunAsync_EmptyDatabase_PassesWithNotesAndChangesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);

        var (run, status) = await CheckAsync(TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error + run.Output);
        status["ledger"].ShouldStartWith("warning ");
        status["pipeline events: table public.events"].ShouldStartWith("warning ");
        status[$"pipeline events: {_temp["data/events"]}"].ShouldStartWith("warning ");
        Directory.EnumerateFileSystemEntries(_temp.Path).ShouldBeEmpty();
        await using var command = database.DataSource.CreateCommand("SELECT count(*) FROM pg_namespace WHERE nspname = 'ingest'");
        (await command.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("load", "ingest.json", "--table", "t")]
    public async Task RunAsync_SeveralMistakesInTheConfiguration_NamesThemAllAtOnce(params string[] command)
    {
        _temp.Write("ingest.json", """
            { "pipelines": [
              { "name": "a", "watch": ["in"], "table": "t", "settleTime": "2x", "lanes": 99 },
              { "name": "b", "watch": ["in"], "table": "t", "write": "upsrt" } ] }
            """);

        var run = await CliRun.InAsync(_temp.Path, command);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.TrimEnd().Split('\n').Select(line => line.Split(": ")[1..3]).ShouldBe(
        [
            ["ingest.json line 2, column 49", "pipelines[0].settleTime"],
            ["ingest.json line 2, column 69", "pipelines[0].lanes"],
            ["ingest.json line 3, column 49", "pipelines[1].write"],
        ]);
    }

    [Fact]
    public async Task RunAsync_ConfigurationNamesWhatIsNotThere_Fails()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("file", "");
        _temp.Write("ingest.json", """
            { "pipelines": [
              { "name": "a", "watch": ["file"], "table": "events", "rules": [{ "rule": "required", "column": "colour" }],
                "columns": { "x": "size" } },
              { "name": "b", "watch": ["."], "table": "nothing" } ] }
            """);

        var (run, status) = await CheckAsync(TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        status["pipeline a: table events"].ShouldStartWith(
            "failed has no column size, colour, which the configuration names; it has user_id");
        status["pipeline b: table nothing"].ShouldStartWith("failed Table nothing does not exist");
        status[$"pipeline a: {_temp["file"]}"].ShouldStartWith("failed is a file");
        status[$"pipeline b: {_temp.Path}"].ShouldStartWith("ok can be read");
    }

    [Fact]
    public async Task RunAsync_RoleWithoutRights_Fails()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var role = "weak_" + database.Name;
        await ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'w'");
        try
        {
            var url = new UriBuilder(TestUrl.Of(database)) { UserName = role, Password = "w" }.Uri.ToString();

            var (run, status) = await CheckAsync(url);

            run.ExitCode.ShouldBe(ExitCode.Failed, run.Error);
            status["ledger"].ShouldStartWith($"failed {role} may not read and write ingest.");
            status["pipeline events: table public.events"].ShouldContain("no INSERT privilege");
        }
        finally
        {
            await ExecuteAsync($"DROP ROLE {role}");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = database.DataSource.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task RunAsync_NewerLedger_Fails()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var command = database.DataSource.CreateCommand(
            "INSERT INTO ingest.schema_version (version, checksum) SELECT max(version) + 1, 'x' FROM ingest.schema_version"))
            await command.ExecuteNonQueryAsync();

        var (run, status) = await CheckAsync(TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        status["ledger"].ShouldContain("use a newer program");
    }

    [Fact]
    public async Task RunAsync_DatabaseDown_FailsAndSaysWhy()
    {
        var run = await CliRun.InAsync(_temp.Path, "check", "--db", "postgres://u:topsecret@127.0.0.1:1/db");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Output.ShouldContain("FAIL  database postgres://u@127.0.0.1:1/db: the database cannot be reached");
        (run.Output + run.Error).ShouldNotContain("topsecret");
    }
}
