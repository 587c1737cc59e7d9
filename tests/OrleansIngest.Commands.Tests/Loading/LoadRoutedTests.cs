using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary><c>load</c>, <c>check</c> and <c>where</c> of pipelines whose files go to tables by their folders or names.</summary>
public sealed class LoadRoutedTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    static async Task<string> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)}";
    }

    [Fact]
    public async Task Load_Create_MakesATableForEachName()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("orders-1.csv", "Order ID;total\n1;2.5\n");
        _temp.Write("orders-2.csv", "Order ID;total\n2;3.5\n");
        _temp.Write("customers-1.csv", "name,since\nAda,2024-01-01\n");
        _temp.Write("7.csv", "a\n1\n");
        string[] line = ["--table", @"{name:([a-z]+)-\d}", "--create-table", "--db", TestUrl.Of(database)];

        var run = await CliRun.InAsync(_temp.Path, ["load", "orders-1.csv", "orders-2.csv", "customers-1.csv", "7.csv", .. line]);
        var again = await CliRun.InAsync(_temp.Path, ["load", "orders-1.csv", .. line]);

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(
            @"7.csv: quarantined: its name does not determine a table (table: {name:([a-z]+)-\d}): it does not match");
        run.Output.ShouldContain("3 files loaded");
        again.Output.ShouldContain("1 of 1 file skipped: already loaded");
        (await ScalarAsync(database, "SELECT sum(order_id) || ' ' || sum(total) FROM orders")).ShouldBe("3 6.0");
        (await ScalarAsync(database, "SELECT name || ' ' || since FROM customers")).ShouldBe("Ada 2024-01-01");
    }

    [Theory]
    [InlineData("pg_catalog.{name}", "--table pg_catalog.{name}: table must not select tables of schema pg_catalog")]
    [InlineData("{nme}", "--table {nme}: table has {nme}, which is neither folder, name or path")]
    public async Task Load_TemplateThatCannotBeUsed_IsAMistakeOfTheCommandLine(string table, string why)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "a\n1\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", table, "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Usage, run.Error);
        run.Error.ShouldContain(why);
    }

    [Fact]
    public async Task Load_CreateTableOfThePipeline_NeedsNoOption()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("ingest.json",
            """{ "pipelines": [ { "name": "p", "watch": ["in"], "table": "orders", "createTable": true } ] }""");
        _temp.Write("a.csv", "id,name\n1,a\n");
        string[] line = ["--db", TestUrl.Of(database)];

        var check = await CliRun.InAsync(_temp.Path, ["check", .. line]);
        var one = await CliRun.InAsync(_temp.Path, ["check", "a.csv", .. line]);
        var load = await CliRun.InAsync(_temp.Path, ["load", "a.csv", .. line]);

        check.Output.ShouldContain("note  pipeline p: table orders: does not exist yet; the first file creates it (createTable)");
        one.Error.ShouldContain("table orders does not exist yet; this file would create it (createTable): ingest init ");
        load.ExitCode.ShouldBe(ExitCode.Done, load.Error);
        (await ScalarAsync(database, "SELECT id || name FROM orders")).ShouldBe("1a");
    }

    [Fact]
    public async Task CheckAndWhere_OfFilesThatTellTheirTables()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ScalarAsync(database, "CREATE SCHEMA shop; CREATE TABLE shop.orders (id int, src bigint)");
        _temp.Write("ingest.json",
            """
            { "pipelines": [ { "name": "p", "watch": ["in"], "recursive": true, "table": "shop.{folder}",
                "metadata": { "src": "{fileId}" } } ] }
            """);
        Directory.CreateDirectory(Path.Combine(_temp.Path, "in/orders"));
        _temp.Write("in/orders/a.csv", "id\n1\n2\n");
        _temp.Write("in/b.csv", "id\n1\n");
        string[] line = ["--db", TestUrl.Of(database)];

        var all = await CliRun.InAsync(_temp.Path, ["check", .. line]);
        var good = await CliRun.InAsync(_temp.Path, ["check", "in/orders/a.csv", .. line]);
        var bad = await CliRun.InAsync(_temp.Path, ["check", "in/b.csv", .. line]);
        var load = await CliRun.InAsync(_temp.Path, ["load", "in/orders/a.csv", .. line]);
        var where = await CliRun.InAsync(_temp.Path, ["where", "shop.orders", "id = 2", .. line]);
        var files = await CliRun.InAsync(_temp.Path, ["files", "in/orders/a.csv", .. line]);

        all.Output.ShouldContain(
            "pipeline p: table shop.{folder}: each file determines its table (ingest check FILE); a missing table "
                + "makes its files fail");
        good.Output.ShouldContain("2 rows for shop.\"orders\"");
        bad.Error.ShouldContain("it is in the watched directory itself");
        load.ExitCode.ShouldBe(ExitCode.Done, load.Error);
        where.Output.ShouldContain("a.csv");
        files.Output.ShouldContain("shop.orders");
    }
}
