using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>Commands with a configuration of two databases, both real.</summary>
public sealed class SeveralDatabasesTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _main = null!;
    TestDatabase _second = null!;

    public async ValueTask InitializeAsync()
    {
        (_main, _second) = (await TestPostgres.CreateDatabaseAsync(withSchema: false),
            await TestPostgres.CreateDatabaseAsync(withSchema: false));
        await ExecuteAsync(_main, "CREATE TABLE t (id int); CREATE TABLE a (id int)");
        await ExecuteAsync(_second, "CREATE TABLE t (id int); CREATE TABLE b (id int)");
        await File.WriteAllTextAsync(Path.Combine(_temp.Path, "ingest.json"), """
            { "databases": { "second": "${SECOND_URL}" },
              "pipelines": [
                { "name": "a", "watch": ["in"], "table": "a" },
                { "name": "b", "watch": ["in"], "table": "b", "database": "second" },
                { "name": "t1", "watch": ["in"], "table": "t" },
                { "name": "t2", "watch": ["in"], "table": "t", "database": "second" } ] }
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_temp.Path, "f.csv"), "id\n1\n2\nx\n", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _main.DisposeAsync();
        await _second.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Load_TableOfAPipeline_GoesToItsDatabaseAndItsLedger()
    {
        (await RunAsync("load", "f.csv", "--table", "b")).ExitCode.ShouldBe(ExitCode.Done);
        (await RunAsync("load", "f.csv", "--table", "a")).ExitCode.ShouldBe(ExitCode.Done);

        (await CountAsync(_second, "SELECT count(*) FROM b")).ShouldBe(2);
        (await CountAsync(_second, "SELECT count(*) FROM ingest.file WHERE pipeline = 'b' AND status = 'loaded'")).ShouldBe(1);
        (await CountAsync(_second, "SELECT count(*) FROM corrupt_records")).ShouldBe(1);
        (await CountAsync(_main, "SELECT count(*) FROM ingest.file WHERE pipeline = 'a'")).ShouldBe(1);
        (await CountAsync(_main, "SELECT count(*) FROM ingest.file WHERE pipeline = 'b'")).ShouldBe(0);
    }

    [Fact]
    public async Task Load_TableInBothDatabases_AsksWhichIsMeant()
    {
        var run = await RunAsync("load", "f.csv", "--table", "t");
        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("several databases (main, second): choose one with --database");

        (await RunAsync("load", "f.csv", "--table", "t", "--database", "second")).ExitCode.ShouldBe(ExitCode.Done);
        (await CountAsync(_second, "SELECT count(*) FROM ingest.file WHERE pipeline = 't2'")).ShouldBe(1);
        (await RunAsync("load", "f.csv", "--table", "t", "--database", "main")).ExitCode.ShouldBe(ExitCode.Done);
        (await CountAsync(_main, "SELECT count(*) FROM ingest.file WHERE pipeline = 't1'")).ShouldBe(1);
        (await CountAsync(_main, "SELECT count(*) FROM t")).ShouldBe(2);
        (await CountAsync(_second, "SELECT count(*) FROM t")).ShouldBe(2);
    }

    [Fact]
    public async Task Migrate_WithoutADatabase_IsOfAll()
    {
        var run = await RunAsync("migrate");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        run.Output.ShouldContain(_main.Name);
        run.Output.ShouldContain($"{_second.Name}: tables created or updated");
        (await CountAsync(_second, "SELECT count(*) FROM ingest.file")).ShouldBe(0);
    }

    [Fact]
    public async Task Migrate_OneIsAway_DoesTheOthersAndFails()
    {
        var run = await CliRun.WithAsync(
            CliRun.Surroundings(_temp.Path, ("DATABASE_URL", TestUrl.Of(_main)),
                ("SECOND_URL", "postgres://loader:verysecret@127.0.0.1:1/second")), "migrate");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Output.ShouldContain($"{_main.Name}: tables created or updated");
        run.Error.ShouldContain("database second");
        (run.Error + run.Output).ShouldNotContain("verysecret");
    }

    [Fact]
    public async Task Looks_AndVerbs_FindTheDatabaseOfThePipeline()
    {
        await RunAsync("migrate");
        await RunAsync("load", "f.csv", "--table", "b");

        var main = await RunAsync("status");
        main.Output.ShouldNotContain("\nb\t");
        main.Error.ShouldContain("database main; with --database: second");
        (await RunAsync("status", "--pipeline", "b")).Output.ShouldContain("\nb\t");
        (await RunAsync("status", "--database", "second")).Output.ShouldContain("\nb\t");
        (await RunAsync("rejects", "--pipeline", "b")).Output.ShouldContain("f.csv");
        (await RunAsync("pause", "b")).ExitCode.ShouldBe(ExitCode.Done);
        (await CountAsync(_second, "SELECT count(*) FROM ingest.pipeline WHERE name = 'b' AND paused")).ShouldBe(1);
        var mixed = await RunAsync("pause", "a", "b");
        mixed.ExitCode.ShouldBe(ExitCode.Usage);
        mixed.Error.ShouldContain("several databases (main, second)");
    }

    [Fact]
    public async Task Database_UnknownName_NamesThoseThatAre()
    {
        var run = await RunAsync("status", "--database", "secnd");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("'secnd' is neither a database URL nor one of databases: did you mean second?");
    }

    [Fact]
    public async Task PipelineAdd_IntoAnotherDatabase_IsRefusedAndOneThatLoadsThereIsKeptInTheMainOne()
    {
        await RunAsync("migrate");
        var refused = await RunAsync("pipeline", "add", "c", "--set", "table=b", "--set", "watch=/data/c",
            "--database", "second");
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Error.ShouldContain("--set database=NAME");
        var unknown = await RunAsync("pipeline", "add", "c", "--set", "table=b", "--set", "watch=/data/c", "--set",
            "database=secnd");
        unknown.Error.ShouldContain("did you mean second?");

        (await RunAsync("pipeline", "add", "c", "--set", "table=b", "--set", "watch=/data/c", "--set",
            "database=second")).ExitCode.ShouldBe(ExitCode.Done);
        (await CountAsync(_main,
            "SELECT count(*) FROM ingest.kept_pipeline WHERE config::jsonb ->> 'database' = 'second'")).ShouldBe(1);
    }

    [Fact]
    public async Task Check_AllDatabases_ChecksEachTableInItsOwn()
    {
        await RunAsync("migrate");
        Directory.CreateDirectory(Path.Combine(_temp.Path, "in"));
        var run = await RunAsync("check");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Output);
        run.Output.ShouldContain("pipeline b: table b: can be loaded");
        run.Output.ShouldContain("pipeline a: table a: can be loaded");
        run.Output.ShouldContain(_second.Name);
    }

    Task<CliRun> RunAsync(params string[] arguments) =>
        CliRun.WithAsync(CliRun.Surroundings(_temp.Path, ("DATABASE_URL", TestUrl.Of(_main)),
            ("SECOND_URL", TestUrl.Of(_second))), arguments);

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
