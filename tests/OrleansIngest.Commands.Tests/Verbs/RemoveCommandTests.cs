using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

public sealed class RemoveCommandTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await using var command = _database.DataSource.CreateCommand("CREATE TABLE items (id int)");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        _temp.Write("a.csv", "id\n1\nx\n");
        (await RunAsync("load", "a.csv", "--table", "items")).ExitCode.ShouldBe(ExitCode.Done);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task RunAsync_WithoutYes_SaysWhatWouldGoAndChangesNothing()
    {
        var run = await RunAsync("remove", "load-items");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldBe(
            "load-items is not removed yet. To be removed: 1 file with 1 batch, its charts, and its operator settings. What "
            + "stays: 1 row in items, and 1 open reject in corrupt_records, which can no longer be replayed. If a configuration "
            + "still has the pipeline, the next ingest up or load restores it and loads existing files again. To remove it, "
            + "add --yes\n");
        (await CountAsync("SELECT count(*) FROM ingest.pipeline WHERE name = 'load-items'")).ShouldBe(1);
    }

    [Fact]
    public async Task RunAsync_Yes_RemovesAndSaysWhatStays()
    {
        var run = await RunAsync("remove", "load-items", "nonesuch", "--yes", "--why", "a mistake");
        var status = await RunAsync("status", "--json");
        var rejects = await RunAsync("rejects", "--json");
        var replay = await RunAsync("replay", "--rejects");
        var history = await RunAsync("history", "--kind", "operator.remove", "--json");

        run.ExitCode.ShouldBe(ExitCode.Failed); // of one of two
        run.Output.ShouldStartWith("load-items is removed: 1 file with 1 batch, ");
        run.Error.ShouldBe("nonesuch is not in the ledger: no program has run it with this database\n");
        status.Output.ShouldContain("\"pipelines\":[]");
        rejects.ExitCode.ShouldBe(ExitCode.Done, rejects.Error);
        rejects.Output.ShouldContain("\"total\":1");
        replay.Error.ShouldNotContain("Exception");
        history.Output.ShouldContain("(a mistake)");
        (await CountAsync("SELECT count(*) FROM items")).ShouldBe(1);
        (await CountAsync("SELECT count(*) FROM ingest.file")).ShouldBe(0);
    }

    Task<CliRun> RunAsync(params string[] line) => CliRun.InAsync(_temp.Path, [.. line, "--db", TestUrl.Of(_database)]);

    async Task<long> CountAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
