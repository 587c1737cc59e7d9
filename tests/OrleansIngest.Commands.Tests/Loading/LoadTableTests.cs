using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>A table that cannot be loaded is told before the ledger hears of it, in the same words by
/// <c>load</c> and <c>check</c>.</summary>
public sealed class LoadTableTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("nope", "Table nope does not exist (search_path: \"$user\", public).\n")]
    [InlineData("Orders", "Did you mean \"Orders\"? The double quotes belong to the name: --table '\"Orders\"'.")]
    [InlineData("orders", "Did you mean \"Orders\"?")]
    [InlineData("\"Items\"", "Did you mean items?\n")]
    [InlineData("itmes", "Did you mean items?\n")]
    [InlineData("invoices", "Did you mean shop.invoices?\n")]
    [InlineData("public.invoices", "Did you mean shop.invoices?\n")]
    [InlineData("shop.invoice", "Did you mean shop.invoices?\n")]
    [InlineData("shpo.invoices", "Did you mean shop.invoices?\n")]
    [InlineData("a_view", "public.a_view cannot be loaded: it is a view, not a table.")]
    public async Task RunAsync_TableThatCannotBeLoaded_IsToldBeforeAnythingIsWritten(string table, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database,
            """
            CREATE TABLE "Orders" (a int); CREATE TABLE items (a int); CREATE SCHEMA shop; CREATE TABLE shop.invoices (a int);
                CREATE VIEW a_view AS SELECT 1 AS a
            """);
        _temp.Write("x.csv", "a\n1\n");

        var load = await CliRun.InAsync(_temp.Path, "load", "x.csv", "--table", table, "--db", TestUrl.Of(database));
        var check = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", table, "--db", TestUrl.Of(database));

        load.Error.ShouldContain(expected);
        load.ExitCode.ShouldBe(ExitCode.Failed);
        (check.ExitCode, check.Error).ShouldBe((load.ExitCode, load.Error));
        (await ScalarAsync(database,
            "SELECT (SELECT count(*) FROM ingest.pipeline) + (SELECT count(*) FROM ingest.node) + (SELECT count(*) FROM "
                + "ingest.file)")).ShouldBe(0L);
    }

    [Fact]
    public async Task RunAsync_TableAsSuggested_IsLoaded()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE \"Orders\" (a int)");
        _temp.Write("x.csv", "a\n1\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "x.csv", "--table", "\"Orders\"", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("1 file loaded into \"Orders\": 1 row, 0 rejected, 0 skipped lines, 4 bytes in ");
    }

    [Fact]
    public async Task RunAsync_LoadedBefore_CountsInWordsThatFit()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE items (a int)");
        _temp.Write("1.csv", "a\n1\n");
        _temp.Write("2.csv", "a\n2\n\n3\n");
        string[] line = ["--table", "items", "--db", TestUrl.Of(database)];

        await CliRun.InAsync(_temp.Path, ["load", "1.csv", .. line]);
        var both = await CliRun.InAsync(_temp.Path, ["load", "1.csv", "2.csv", .. line]);
        var again = await CliRun.InAsync(_temp.Path, ["load", "1.csv", .. line]);

        both.Output.ShouldContain("1 of 2 files skipped: already loaded");
        both.Output.ShouldContain("1 file loaded into items: 2 rows, 0 rejected, 1 skipped line, ");
        again.Output.ShouldBe("1 of 1 file skipped: already loaded\n");
    }

    [Theory]
    [InlineData("CREATE TABLE corrupt_records (_corrupt_record text)", "it lacks columns id, raw_record, ")]
    [InlineData("CREATE VIEW corrupt_records AS SELECT 1 AS id", "it lacks columns raw_record, ")]
    [InlineData("ALTER TABLE corrupt_records DROP COLUMN line", "it lacks column line.")]
    [InlineData("ALTER TABLE corrupt_records ALTER COLUMN line TYPE integer", "its column line is integer, not bigint.")]
    public async Task RunAsync_ForeignCorruptRecords_IsNamedAsTheCauseWithWhatToDo(string sql, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(
            withSchema: sql.StartsWith("ALTER", StringComparison.Ordinal));
        await ExecuteAsync(database, sql + "; CREATE TABLE items (a int)");
        _temp.Write("x.csv", "a\n1\n");
        string[] line = ["--db", TestUrl.Of(database)];

        CliRun[] runs =
        [
            await CliRun.InAsync(_temp.Path, ["migrate", .. line]),
            await CliRun.InAsync(_temp.Path, ["load", "x.csv", "--table", "items", .. line]),
            await CliRun.InAsync(_temp.Path, ["check", "x.csv", "--table", "items", .. line]),
            await CliRun.InAsync(_temp.Path, ["check", .. line]),
        ];

        foreach (var run in runs)
        {
            run.ExitCode.ShouldBe(ExitCode.Failed);
            var said = run.Output + run.Error;
            said.ShouldContain("public.corrupt_records exists, but is not this program's table: ");
            said.ShouldContain(expected);
            said.ShouldContain("ALTER TABLE public.corrupt_records RENAME TO ");
            said.ShouldNotContain("Exception");
        }

        (await ScalarAsync(database, "SELECT count(*) FROM items")).ShouldBe(0L);
    }

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
