using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Queries;

public sealed class ReportCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_AfterALoad_SaysWhatHappenedInOneSentenceAndInJson()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var url = TestUrl.Of(database);
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE c (id int, n int)"))
            await create.ExecuteNonQueryAsync();
        _temp.Write("a.csv", "id,n\n1,1\n2,x\n");
        (await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "c", "--db", url)).ExitCode.ShouldBe(ExitCode.Done);
        await using (var lost = database.DataSource.CreateCommand(
            "INSERT INTO ingest.history (kind, node, detail) VALUES ('node.dead', 'silo-2', E'no \\u001B heartbeat')"))
            await lost.ExecuteNonQueryAsync();

        var said = await CliRun.InAsync(_temp.Path, "report", "--since", "1h", "--db", url);
        var json = await CliRun.InAsync(_temp.Path, "report", "--json", "--db", url);
        var other = await CliRun.InAsync(_temp.Path, "report", "--pipeline", "nobody", "--db", url);

        said.ExitCode.ShouldBe(ExitCode.Done, said.Error);
        said.Output.ShouldMatch(@"^Since \d\d:\d\d: 1 file, 1 row, 1 reject in 1 file, silo-2 was lost at \d\d:\d\d\.\n");
        said.Output.ShouldContain(@"silo-2: no \u001B heartbeat");
        var report = JsonDocument.Parse(json.Output).RootElement;
        report.GetProperty("rowsLoaded").GetInt64().ShouldBe(1);
        report.GetProperty("events")[0].GetProperty("node").GetString().ShouldBe("silo-2");
        report.GetProperty("text").GetString()!.ShouldStartWith("Since ");
        other.Output.ShouldContain(", pipeline nobody: ");
    }

    /// <summary>The sentence counts alerts and pauses; below it, each has its line, with the message that was true at its
    /// time.</summary>
    [Fact]
    public async Task RunAsync_PausesAndAnAlertThatStillFires_AreListedAsTheyBegan()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var url = TestUrl.Of(database);
        await using (var insert = database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.alert (rule, pipeline, severity, message, fired_message, fired_at) VALUES
                ('reject-file', 'clicks', 'warning', '30 of 30 records of later.ndjson', '5 of 9 records of first.ndjson',
                    now() - interval '1 h');
            INSERT INTO ingest.history (kind, at, pipeline, who, detail) VALUES
                ('operator.pause', '2026-11-25 10:00Z', 'orders', 'ann', NULL),
                ('operator.resume', '2026-11-25 10:30Z', 'orders', 'ann', NULL),
                ('operator.pause', '2026-11-25 11:00Z', 'stock', 'bob', 'lunch')
            """))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var now = await CliRun.InAsync(_temp.Path, "report", "--since", "2h", "--db", url);
        var past = await CliRun.InAsync(
            _temp.Path, "report", "--since", "2026-11-25T00:00Z", "--until", "2026-11-26T00:00Z", "--db", url);

        now.Output.ShouldContain("alert  clicks: 5 of 9 records of first.ndjson");
        now.Output.ShouldNotContain("later.ndjson");
        past.Output.ShouldMatch(@"pause  orders, by ann, until 2026-11-25 \d\d:30\n");
        past.Output.ShouldMatch(@"pause  stock, by bob: lunch\n");
    }

    [Theory]
    [InlineData("must be a duration before now such as 12h", "--since", "whenever")]
    [InlineData("must be a duration before now such as 12h", "--until", "25:00")]
    [InlineData("--since must be before --until", "--since", "1h", "--until", "2h")]
    [InlineData("--since must be before --until, and in the past", "--since", "2999-01-01")]
    public async Task RunAsync_TimesThatCannotBe_AreAMistakeOfUse(string message, params string[] options)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await CliRun.InAsync(_temp.Path, ["report", "--db", TestUrl.Of(database), .. options]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(message);
    }

    [Fact]
    public async Task RunAsync_DatabaseWithoutALedger_SaysWhatToDo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);

        var run = await CliRun.InAsync(_temp.Path, "report", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("ingest migrate");
    }
}
