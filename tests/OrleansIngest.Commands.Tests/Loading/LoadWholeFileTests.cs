using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>The options of <c>load</c> for files that become visible in one moment.</summary>
public sealed class LoadWholeFileTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    static async Task<string> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)}";
    }

    static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var command = database.DataSource.CreateCommand(
            "CREATE TABLE t (id int, v int); INSERT INTO t VALUES (0, 0)");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }

    Task<CliRun> LoadAsync(TestDatabase database, string file, params string[] options) =>
        CliRun.InAsync(_temp.Path, ["load", file, "--table", "t", "--db", TestUrl.Of(database), .. options]);

    [Theory]
    [InlineData("--max-rejected", "1")]
    [InlineData("--max-rejected-percent", "40")]
    [InlineData("--max-rejected-in-row", "1")]
    public async Task RunAsync_MoreRejectsThanAllowed_LoadsNothingAndSaysWhy(string option, string limit)
    {
        await using var database = await DatabaseAsync();
        _temp.Write("a.csv", "id,v\n1,1\nx,1\ny,1\n4,1\n");

        var run = await LoadAsync(database, "a.csv", option, limit);

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("quarantined: 2");
        run.Error.ShouldContain(
            "no part of the file was loaded. The first: line 3: bad_value id: invalid input syntax for type integer: \"x\"");
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM t")).ShouldBe("1");
    }

    [Fact]
    public async Task RunAsync_AsManyRejectsAsAllowed_LoadsTheRest()
    {
        await using var database = await DatabaseAsync();
        _temp.Write("a.csv", "id,v\n1,1\nx,1\ny,1\n4,1\n");

        var run = await LoadAsync(database, "a.csv", "--max-rejected", "2", "--max-rejected-percent", "50%",
            "--max-rejected-in-row", "2", "--whole-file");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM t")).ShouldBe("3");
    }

    [Fact]
    public async Task RunAsync_ReplaceTable_LeavesTheRowsOfTheFileAlone()
    {
        await using var database = await DatabaseAsync();
        _temp.Write("a.csv", "id,v\n1,1\n2,1\n");

        var run = await LoadAsync(database, "a.csv", "--write", "replaceTable");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await ScalarAsync(database.DataSource, "SELECT string_agg(id::text, ',' ORDER BY id) FROM t")).ShouldBe("1,2");
    }

    [Theory]
    [InlineData("--max-rejected", "0.5",
        "--max-rejected must be a whole number of records, and not '0.5'; for an exit code by the share of a run: "
            + "--max-rejected-share")]
    [InlineData("--max-rejected-percent", "101", "--max-rejected-percent must be a number from 0 to 100, such as 0.5, not '101'")]
    [InlineData("--max-rejected-in-row", "x", "--max-rejected-in-row must be a whole number of records, and not 'x'")]
    public async Task RunAsync_ValueThatIsNone_SaysWhatIsExpected(string option, string value, string expected)
    {
        _temp.Write("a.csv", "id,v\n1,1\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "t", option, value);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task RunAsync_TableWithARule_IsRefusedBeforeAnythingIsLoaded()
    {
        await using var database = await DatabaseAsync();
        await using var command = database.DataSource.CreateCommand(
            "CREATE TABLE u (id int); CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (NEW.id)");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        _temp.Write("a.csv", "id,v\n1,1\n");

        var run = await LoadAsync(database, "a.csv", "--whole-file");

        run.ExitCode.ShouldNotBe(ExitCode.Done);
        run.Error.ShouldContain("has a rule (CREATE RULE)");
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM ingest.file")).ShouldBe("0");
    }
}
