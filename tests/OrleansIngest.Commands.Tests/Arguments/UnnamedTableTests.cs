using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Arguments;

/// <summary>The first command of a new user: <c>load FILE</c>, without a table and without a configuration.</summary>
public sealed class UnnamedTableTests : IDisposable
{
    const string Events = "User_ID,action,event_time\n1,view,2025-01-01T00:00:00Z\n";

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("load orders-2026-01-03.csv", "ingest load orders-2026-01-03.csv --table orders --create\n")]
    [InlineData("load orders-2026-01-03.csv --create", "ingest load orders-2026-01-03.csv --table orders --create\n")]
    [InlineData("check orders-2026-01-03.csv", "ingest load orders-2026-01-03.csv --table orders --create\n")]
    [InlineData("load in", "ingest load in --table a --create\n")]
    [InlineData("load events.csv", "ingest load events.csv --table my_events --create\n")]
    [InlineData("load it's;one.csv", "ingest load 'it'\\''s;one.csv' --table it_s_one --create\n")]
    public async Task RunAsync_FileOfAnotherTable_IsRefusedBeforeAnythingIsCreated(string line, string expected)
    {
        foreach (var name in new[] { "orders-2026-01-03.csv", "in/a.csv", "events.csv", "it's;one.csv" })
            _temp.Write(name, "id;user_id;total\n1;2;3.5\n");

        var run = await CliRun.InAsync(_temp.Path, line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Usage, run.Output);
        run.Error.ShouldStartWith("ingest: no table is named, and there is no ingest.json; ");
        run.Error.ShouldContain("which lacks action, event_time. To create a table for it: ");
        run.Error.ShouldEndWith(expected);
        Directory.Exists(_temp[".ingest"]).ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_FilesOfEvents_AreLoaded()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        _temp.Write("a.csv", "no,events\n1,2\n");
        _temp.Write("b.csv", Events);

        var load = await CliRun.InAsync(_temp.Path, "load", "b.csv", "--create", "--db", TestUrl.Of(database));
        var check = await CliRun.InAsync(_temp.Path, "check", "b.csv", "--db", TestUrl.Of(database));
        var mixed = await CliRun.InAsync(_temp.Path, "load", "a.csv", "b.csv", "--db", TestUrl.Of(database));

        load.ExitCode.ShouldBe(ExitCode.Done, load.Error);
        load.Output.ShouldContain("1 file loaded into public.events: 1 row,");
        check.ExitCode.ShouldBe(ExitCode.Done, check.Error);
        mixed.Error.ShouldNotContain("no table is named");
    }

    [Fact]
    public async Task RunAsync_FileThatCannotBeUnderstood_IsReportedByTheLoad()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("x.csv.zip", "PK\u0003\u0004");

        var run = await CliRun.InAsync(_temp.Path, "load", "x.csv.zip", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("the zip archive has no directory at its end");
    }
}
